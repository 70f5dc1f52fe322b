//! A ledger and its witness as two programs: asked, killed, started again.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::desk::PROGRAM;

/// A directory with a ledger, a witness, and a policy that names both.
struct Room {
    dir: tempfile::TempDir,
}

/// A witness that runs, and where it listens.
struct Running {
    program: Child,
    address: String,
    said: String,
}

impl Room {
    fn new() -> Self {
        let room = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        room.done("init --origin ledger.example/bricks --agency Bricks --zone UTC");
        room.done("trust key new --without-passphrase");
        let log = room.done("trust");
        room.done("witness key new witness.example/audit --state audit --without-passphrase");
        fs::write(room.path().join("audit/policy"), log).unwrap();
        room
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn program(&self, line: &str) -> Command {
        let mut program = Command::new(PROGRAM);
        program
            .current_dir(self.path())
            .env_clear()
            .env("DEALTRAIL_DATA", "ledger")
            .args(line.split(' '));
        program
    }

    fn run(&self, line: &str) -> Output {
        self.program(line).output().unwrap()
    }

    fn done(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(
            output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// The policy of somebody who asks the witness at this address.
    fn trust(&self, address: &str) {
        let log = self.done("trust");
        let key = self.done("witness key --state audit");
        let policy = format!(
            "{}witness audit {} {address}\nquorum audit\n",
            log.replace("quorum none\n", ""),
            key.trim()
        );
        fs::write(self.path().join("policy"), policy).unwrap();
    }

    fn start(&self) -> Running {
        let mut program = self.program("witness --state audit --listen 127.0.0.1:0");
        let mut program = program
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let said: Vec<String> = (0..3).map(|_| lines.next().unwrap().unwrap()).collect();
        let address = said[0].strip_prefix("Listening on ").unwrap().to_owned();
        Running {
            program,
            address,
            said: said.join("\n"),
        }
    }

    /// Answers: exit code, checkpoint, what was said beside it.
    fn checkpoint(&self) -> (Option<i32>, String, String) {
        let output = self.run("checkpoint --trust policy");
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

impl Running {
    fn signal(&mut self, name: &str) -> Option<i32> {
        let sent = Command::new("kill")
            .args([name, &self.program.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        self.program.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

#[test]
fn a_checkpoint_is_cosigned_by_a_witness_that_runs() {
    let room = Room::new();
    let mut witness = room.start();
    assert!(
        witness
            .said
            .ends_with("ledger.example/bricks: nothing cosigned yet"),
        "{}",
        witness.said
    );
    room.trust(&witness.address);
    let (code, text, said) = room.checkpoint();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    assert!(
        text.lines()
            .last()
            .unwrap()
            .starts_with("\u{2014} witness.example/audit "),
        "{text}"
    );
    room.done("receipt 2 -o entry.tlog-proof --record entry.json");
    let proven = room.done("verify receipt entry.tlog-proof --record entry.json --trust policy");
    assert!(
        proven.contains("signed by the ledger, cosigned by audit at 20"),
        "{proven}"
    );
    let verified = room.done("verify --trust policy");
    assert!(
        verified.contains("times: fit 1 cosigned checkpoint, which covers 4 entries"),
        "{verified}"
    );
    assert_eq!(witness.signal("-TERM"), Some(0));
    // Without it the next one is signed all the same, and the exit code says what is missing.
    room.done("note ledger later");
    let (code, text, said) = room.checkpoint();
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("ledger.example/bricks\n5\n") && !text.contains("witness.example"),
        "{text}"
    );
    assert!(
        said.contains("did not answer")
            && said.contains("1 of 1 witnesses did not cosign; the checkpoint is signed and kept"),
        "{said}"
    );
    // Started again it knows where it stood.
    let mut witness = room.start();
    assert!(
        witness
            .said
            .contains("ledger.example/bricks: cosigned 4 entries at 20"),
        "{}",
        witness.said
    );
    room.trust(&witness.address);
    let (code, text, _) = room.checkpoint();
    assert!(
        code == Some(0) && text.contains("witness.example/audit"),
        "{text}"
    );
    assert_eq!(witness.signal("-INT"), Some(0));
}

/// Between the ledger and its witness stands one who hands the request on, and kills the witness as soon as the answer is
/// there: it has kept the checkpoint, and nobody got its cosignature.
#[test]
fn a_witness_killed_before_its_answer_arrives_is_asked_again() {
    let room = Room::new();
    let mut witness = room.start();
    let between = TcpListener::bind("127.0.0.1:0").unwrap();
    room.trust(&format!("http://{}", between.local_addr().unwrap()));
    let place = witness.address.strip_prefix("http://").unwrap().to_owned();
    let killer = std::thread::spawn(move || {
        let (mut client, _) = between.accept().unwrap();
        let mut server = TcpStream::connect(place).unwrap();
        let mut request = Vec::new();
        let mut byte = [0_u8];
        // The request ends with the last newline of the checkpoint's signatures.
        let length = loop {
            client.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
            if request.ends_with(b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
                let (_, length) = head.split_once("content-length: ").unwrap();
                break length.split('\r').next().unwrap().parse::<usize>().unwrap();
            }
        };
        let mut body = vec![0; length];
        client.read_exact(&mut body).unwrap();
        server.write_all(&request).unwrap();
        server.write_all(&body).unwrap();
        server.read_exact(&mut byte).unwrap();
        witness.program.kill().unwrap();
        witness.program.wait().unwrap();
    });
    let (code, text, said) = room.checkpoint();
    killer.join().unwrap();
    assert!(
        code == Some(1) && !text.contains("witness.example"),
        "{text} {said}"
    );
    let witness = room.start();
    assert!(
        witness.said.contains("cosigned 4 entries"),
        "it is kept: {}",
        witness.said
    );
    room.trust(&witness.address);
    let (code, text, said) = room.checkpoint();
    assert!(
        code == Some(0) && text.contains("witness.example/audit"),
        "{text} {said}"
    );
}

#[test]
fn what_a_witness_lacks_is_said() {
    let room = Room::new();
    room.trust("https://witness.example");
    let said = |line: &str| {
        let output = room.run(line);
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let lines = [
        "witness --state nowhere",
        "witness key --state nowhere",
        "witness --state ledger",
        "witness --state audit --policy nowhere",
        "witness --state audit --clock 2025-04-24T06:00:00Z",
        "witness --state audit --listen nowhere",
        "witness --state audit --listen 192.0.2.1:1",
        "witness key new witness.example/audit --state audit --without-passphrase",
        "witness key new two+words --state other --without-passphrase",
        "witness key new witness.example/other --state other",
        "checkpoint --witness http://127.0.0.1:1",
        "checkpoint --trust audit/policy",
        "checkpoint --trust policy --witness witness.example",
    ];
    let all: Vec<String> = lines
        .iter()
        .map(|line| {
            let (code, said) = said(line);
            format!("$ dealtrail {line}\n{said}-> {}\n", code.unwrap())
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"));
}
