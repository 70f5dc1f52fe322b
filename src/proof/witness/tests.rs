use super::*;
use crate::proof::key::{Cosigner, KeyName, Signer};
use crate::proof::tree::{consistency_proof, leaf_hash, root_of};

const ORIGIN: &str = "ledger.example/test";

fn signer() -> Signer {
    Signer::new(KeyName::new(ORIGIN).unwrap(), &[7; 32])
}

fn known() -> Policy {
    Policy::of_log(signer().verifier().clone())
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

fn root(count: u64) -> Root {
    root_of(leaves(count))
}

fn signed(count: u64) -> SignedCheckpoint {
    SignedCheckpoint::sign(root(count), &signer()).unwrap()
}

fn request(old: u64, new: u64) -> Request {
    let proof = consistency_proof(&leaves(new), old).unwrap_or_default();
    Request::new(old, proof, signed(new))
}

fn judged(request: &Request, latest: Option<u64>) -> Result<(), Refusal> {
    let latest = latest.map(root);
    request.judge(&known(), latest.as_ref())
}

fn status(request: &Request, latest: Option<u64>) -> u16 {
    judged(request, latest).map_or_else(|refusal| refusal.status(), |()| 200)
}

#[test]
fn what_extends_the_last_one_is_cosigned() {
    for (latest, new) in [
        (None, 0),
        (None, 1),
        (None, 70),
        (Some(1), 2),
        (Some(3), 70),
        (Some(70), 70),
    ] {
        let request = request(latest.unwrap_or(0), new);
        assert_eq!(judged(&request, latest), Ok(()), "{latest:?} to {new}");
        assert_eq!(Request::parse(request.to_string().as_bytes()), Ok(request));
    }
}

#[test]
fn each_refusal_has_the_status_of_the_specification() {
    assert_eq!(status(&request(3, 70), Some(5)), 409);
    assert_eq!(
        judged(&request(3, 70), Some(5)).unwrap_err().latest(),
        Some(5)
    );
    assert_eq!(status(&request(3, 70), None), 409);
    assert_eq!(judged(&request(3, 70), None).unwrap_err().latest(), Some(0));
    assert_eq!(
        status(&Request::new(9, Vec::new(), signed(5)), Some(9)),
        400
    );
    // A proof that is missing, of another tree, or there when none is needed.
    assert_eq!(
        status(&Request::new(3, Vec::new(), signed(70)), Some(3)),
        422
    );
    let other: Vec<Hash> = (100..170_u64)
        .map(|n| leaf_hash(&n.to_be_bytes()))
        .collect();
    let proof = consistency_proof(&other, 3).unwrap();
    assert_eq!(status(&Request::new(3, proof, signed(70)), Some(3)), 422);
    let proof = vec![leaf_hash(b"more")];
    assert_eq!(
        status(&Request::new(0, proof.clone(), signed(5)), None),
        422
    );
    assert_eq!(status(&Request::new(5, proof, signed(5)), Some(5)), 422);
    // Two trees of one size.
    let forked = SignedCheckpoint::sign(root_of(other), &signer()).unwrap();
    let request = Request::new(70, Vec::new(), forked);
    let refusal = judged(&request, Some(70)).unwrap_err();
    assert_eq!((refusal.status(), &refusal), (409, &Refusal::Fork(70)));
}

#[test]
fn strangers_are_told_apart_from_forgers() {
    let stranger = Signer::new(KeyName::new("ledger.example/other").unwrap(), &[7; 32]);
    let unknown = SignedCheckpoint::sign(root(5), &stranger).unwrap();
    assert_eq!(status(&Request::new(0, Vec::new(), unknown), None), 404);
    // Another key under the ledger's name, and the ledger's signature over another text.
    let forger = Signer::new(KeyName::new(ORIGIN).unwrap(), &[8; 32]);
    let forged = SignedCheckpoint::sign(root(5), &forger).unwrap();
    assert_eq!(status(&Request::new(0, Vec::new(), forged), None), 403);
    let text = signed(5).to_string();
    let altered = text.replace("\n5\n", "\n6\n");
    let altered = SignedCheckpoint::parse(altered.as_bytes()).unwrap();
    assert_eq!(status(&Request::new(0, Vec::new(), altered), None), 403);
    // A signature of nobody known beside the ledger's does no harm.
    let mut both = signed(5);
    both.note_mut().sign(&stranger);
    assert_eq!(status(&Request::new(0, Vec::new(), both), None), 200);
}

#[test]
fn what_is_no_request_is_refused() {
    let good = request(3, 70).to_string();
    let refused = |body: &str| Request::parse(body.as_bytes()).unwrap_err().status();
    for (from, to) in [
        ("old 3\n", ""),
        ("old 3\n", "old 03\n"),
        ("old 3\n", "old  3\n"),
        ("old 3\n", "old -3\n"),
        ("old 3\n", "new 3\n"),
        ("old 3\n", "old 3\nAAAA\n"),
        ("old 3\n", "old 3\n\n"),
        ("\n\u{2014} ", "\n- "),
    ] {
        assert_eq!(
            refused(&good.replacen(from, to, 1)),
            400,
            "{to:?} for {from:?}"
        );
    }
    assert_eq!(refused(""), 400);
    assert_eq!(refused("\n\n"), 400);
    assert_eq!(refused("old 3"), 400);
    let hash = leaf_hash(b"").to_base64();
    let long = |count: usize| {
        good.replacen(
            "old 3\n",
            &format!("old 3\n{}", format!("{hash}\n").repeat(count)),
            1,
        )
    };
    let proof = request(3, 70).proof.len();
    assert!(Request::parse(long(MAX_PROOF - proof).as_bytes()).is_ok());
    assert_eq!(refused(&long(MAX_PROOF - proof + 1)), 400);
    assert_eq!(
        Request::parse(b"old 3\n\xff\n\nx").unwrap_err().status(),
        400
    );
}

#[test]
fn an_answer_gives_the_cosignatures_of_known_witnesses() {
    let name = |name: &str| KeyName::new(name).unwrap();
    let (one, two) = (
        Cosigner::new(name("witness.example/one"), &[1; 32]),
        Cosigner::new(name("witness.example/two"), &[2; 32]),
    );
    let mut cosigned = signed(5);
    cosigned.note_mut().cosign(&one, 1_745_489_700).unwrap();
    cosigned.note_mut().cosign(&two, 1_745_489_701).unwrap();
    let lines: Vec<String> = cosigned.note().signatures()[1..]
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    let known = [one.verifier().clone()];
    let read =
        |answer: &str, signed: &SignedCheckpoint| cosignatures(answer.as_bytes(), signed, &known);
    let found = read(&lines.concat(), &signed(5)).unwrap();
    assert_eq!(
        found.iter().map(|(_, time)| *time).collect::<Vec<_>>(),
        [1_745_489_700]
    );
    assert_eq!(format!("{}\n", found[0].0), lines[0]);
    assert_eq!(read(&lines[1], &signed(5)), Err(NoteError::NoKnownKey));
    assert!(matches!(
        read(&lines[0], &signed(6)),
        Err(NoteError::Key(_))
    ));
    assert!(matches!(read("", &signed(5)), Err(NoteError::NoNewline)));
    assert!(matches!(
        read("\n", &signed(5)),
        Err(NoteError::SignatureLine(_))
    ));
    assert_eq!(size_of(b"20\n"), Some(20));
    for wrong in [&b""[..], b"\n", b"020\n", b"20 \n", b"\xff", b"20\n\n"] {
        assert_eq!(size_of(wrong), None);
    }
}
