use super::*;
use crate::proof::key::{Cosigner, Signer};
use crate::proof::tree::Root;
use proptest::prelude::*;

const ORIGIN: &str = "dealtrail.example/demo";

fn log() -> Signer {
    Signer::new(KeyName::new(ORIGIN).unwrap(), &[7; 32])
}

fn witness(number: u8) -> Cosigner {
    let name = KeyName::new(&format!("witness.example/{number}")).unwrap();
    Cosigner::new(name, &[number; 32])
}

/// The example of tlog-policy: two of three X and one of three Y.
fn example() -> String {
    let key = |number| witness(number).verifier().to_string();
    let log = log().verifier().to_string();
    format!(
        "# The auditors' trust\n\nlog {log}\n\nwitness X1 {}\nwitness X2 {}\n\twitness  X3\t{} https://x3.example\n\
         group X-witnesses 2 X1 X2 X3\n\nwitness Y1 {}\nwitness Y2 {}\nwitness Y3 {}\ngroup Y-witnesses any Y1 Y2 Y3\n\n\
         group X-and-Y all X-witnesses Y-witnesses\n  # enough\nquorum X-and-Y\n",
        key(11),
        key(12),
        key(13),
        key(21),
        key(22),
        key(23)
    )
}

fn signed(witnesses: &[u8]) -> SignedCheckpoint {
    let mut checkpoint = SignedCheckpoint::sign(Root::empty(), &log()).unwrap();
    for number in witnesses {
        checkpoint
            .note_mut()
            .cosign(&witness(*number), 1_000 + u64::from(*number))
            .unwrap();
    }
    checkpoint
}

#[test]
fn the_example_of_the_specification_is_read_and_judges() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    assert_eq!(policy.logs().len(), 1);
    assert_eq!(policy.witnesses().len(), 6);
    assert_eq!(policy.groups().len(), 3);
    assert_eq!(policy.groups()[0].threshold, Threshold::Number(2));
    assert_eq!(
        policy.witnesses()[2].url.as_deref(),
        Some(&b"https://x3.example"[..])
    );
    let enough: [&[u8]; 4] = [
        &[11, 12, 21],
        &[12, 13, 23],
        &[23, 13, 11],
        &[11, 12, 13, 21, 22, 23],
    ];
    for witnesses in enough {
        let checkpoint = signed(witnesses);
        let accepted = policy.accept(&checkpoint).unwrap();
        assert_eq!(accepted.log, &policy.logs()[0]);
        let mut times: Vec<u64> = witnesses
            .iter()
            .map(|number| 1_000 + u64::from(*number))
            .collect();
        times.sort_unstable();
        let told: Vec<u64> = accepted.witnesses.iter().map(|(_, time)| *time).collect();
        assert_eq!(told, times);
    }
    let too_few: [&[u8]; 6] = [
        &[],
        &[11, 12],
        &[21, 22, 23],
        &[11, 21, 22],
        &[11, 11, 21],
        &[31, 32, 33],
    ];
    for witnesses in too_few {
        let error = policy.accept(&signed(witnesses)).unwrap_err();
        assert!(
            matches!(error, PolicyError::Quorum { .. }),
            "{witnesses:?}: {error}"
        );
    }
    let error = policy.accept(&signed(&[11, 21])).unwrap_err().to_string();
    assert_eq!(
        error,
        "the trust policy asks for X-and-Y, and the cosignatures are not enough: it has those of X1, Y1, and not those \
         of X2, X3, Y2, Y3"
    );
}

#[test]
fn a_policy_without_witnesses_asks_for_the_ledger_alone() {
    let policy = Policy::of_log(log().verifier().clone());
    assert_eq!(
        policy.to_bytes(),
        format!("log {}\nquorum none\n", log().verifier()).into_bytes()
    );
    assert_eq!(Policy::parse(&policy.to_bytes()).unwrap(), policy);
    assert!(policy.accept(&signed(&[])).unwrap().witnesses.is_empty());
}

#[test]
fn only_the_named_ledger_is_accepted() {
    let other = Signer::new(KeyName::new("other.example").unwrap(), &[7; 32]);
    let policy = Policy::of_log(other.verifier().clone());
    let error = policy.accept(&signed(&[])).unwrap_err().to_string();
    assert_eq!(
        error,
        "the trust policy does not name dealtrail.example/demo; it names other.example"
    );

    // Cosigned, but by a witness alone: the ledger's own signature is of a key that is not known.
    let namesake = Signer::new(KeyName::new(ORIGIN).unwrap(), &[8; 32]);
    let text = format!(
        "log {}\nwitness w {}\nquorum w\n",
        namesake.verifier(),
        witness(1).verifier()
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let error = policy.accept(&signed(&[1])).unwrap_err();
    assert_eq!(error, PolicyError::NotSigned(ORIGIN.to_owned()));

    // A ledger may have changed its key: either is believed.
    let text = format!(
        "log {}\nlog {}\nquorum none\n",
        namesake.verifier(),
        log().verifier()
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.accept(&signed(&[])).unwrap().log, &policy.logs()[1]);
}

#[test]
fn one_bad_cosignature_of_a_known_witness_spoils_the_checkpoint() {
    let text = format!(
        "log {}\nwitness a {}\nwitness b {}\ngroup one any a b\nquorum one\n",
        log().verifier(),
        witness(1).verifier(),
        witness(2).verifier()
    );
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let good = signed(&[1, 2]).to_string();
    assert!(
        policy
            .accept(&SignedCheckpoint::parse(good.as_bytes()).unwrap())
            .is_ok()
    );
    // The cosignature of b, made over another size.
    let mut other = SignedCheckpoint::sign(
        Root {
            size: 1,
            ..Root::empty()
        },
        &log(),
    )
    .unwrap();
    other.note_mut().cosign(&witness(2), 1_002).unwrap();
    let line = |note: &str| note.lines().last().unwrap().to_owned();
    let spoilt = good.replace(&line(&good), &line(&other.to_string()));
    let error = policy
        .accept(&SignedCheckpoint::parse(spoilt.as_bytes()).unwrap())
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the signature of witness.example/2 is not one over this text")
    );
}

/// A ledger and two witnesses; what follows is the fourth line.
fn start() -> String {
    let (log, one, two) = (log(), witness(1), witness(2));
    let (log, one, two) = (log.verifier(), one.verifier(), two.verifier());
    format!("log {log}\nwitness a {one}\nwitness b {two}\n")
}

fn refused_at_line_4(cases: &[(String, &str)]) {
    for (line, wanted) in cases {
        let text = format!("{}{line}\nquorum a\n", start());
        let error = Policy::parse(text.as_bytes()).unwrap_err().to_string();
        let named = error.starts_with("line 4 of the trust policy: ");
        assert!(named && error.contains(wanted), "{line}: {error}");
    }
}

#[test]
fn a_key_that_cannot_be_trusted_is_named_by_its_line() {
    let (log, one, four) = (log(), witness(1), witness(4));
    let (log, one, four) = (log.verifier(), one.verifier(), four.verifier());
    let two_renamed = Cosigner::new(KeyName::new("w2").unwrap(), &[2; 32]);
    let plain = Signer::new(KeyName::new("w3").unwrap(), &[3; 32]);
    refused_at_line_4(&[
        ("log".to_owned(), "write `log KEY`"),
        (format!("log {log} url more"), "write `log KEY`"),
        (
            format!("log {log}"),
            "the same key stands on a `log` line before",
        ),
        ("log nonsense".to_owned(), "is not a verifier key"),
        (format!("witness {one}"), "write `witness NAME KEY`"),
        (
            format!("witness a {four}"),
            "a is the name of a witness or group of a line before",
        ),
        (
            format!("witness none {four}"),
            "`none` is the name of nobody",
        ),
        (
            format!("witness c {}", plain.verifier()),
            "a witness has a key of type 04",
        ),
        (
            format!("witness c {}", two_renamed.verifier()),
            "the key of c is the one of b",
        ),
        (format!("witness c {four}x"), "is not a verifier key"),
    ]);
}

#[test]
fn a_rule_that_cannot_be_kept_is_named_by_its_line() {
    let cases = [
        ("logs x", "it begins with none of"),
        ("group g", "write `group NAME"),
        ("group g any", "the group g has no members"),
        (
            "group g any a c",
            "no line before names the witness or group c",
        ),
        (
            "group g any g",
            "no line before names the witness or group g",
        ),
        (
            "group g any none",
            "no line before names the witness or group none",
        ),
        ("group g any a a", "a stands twice in the group g"),
        ("group a any b", "a is the name of a witness or group"),
        ("group g 0 a b", "\"0\" is not how many members are enough"),
        ("group g 3 a b", "a number from 1 to 2"),
        ("group g 02 a b", "\"02\" is not how many"),
        ("group g some a b", "write any, all, or a number"),
        ("quorum", "write `quorum NAME`"),
        ("quorum a b", "write `quorum NAME`"),
        (
            "quorum c",
            "no line before names the witness or group c, which is to be the quorum",
        ),
        ("quorum a\r", "it holds a control character"),
    ];
    refused_at_line_4(&cases.map(|(line, wanted)| (line.to_owned(), wanted)));
}

#[test]
fn a_policy_that_is_not_whole_is_refused() {
    let start = start();
    let read = |text: &str| Policy::parse(text.as_bytes());
    let twice = read(&format!("{start}quorum a\nquorum none\n"))
        .unwrap_err()
        .to_string();
    assert!(twice.starts_with("line 5 of the trust policy: this is the second quorum line"));
    let shared = format!("{start}group g any a\ngroup h any a b\nquorum h\n");
    let shared = read(&shared).unwrap_err().to_string();
    assert!(shared.starts_with("line 5") && shared.contains("a is in the group g already"));
    assert_eq!(read(&start), Err(PolicyError::NoQuorum));
    assert_eq!(read(""), Err(PolicyError::NoQuorum));
    assert_eq!(
        Policy::parse(&vec![b'#'; MAX_BYTES + 1]),
        Err(PolicyError::TooLong)
    );
}

#[test]
fn names_are_bytes() {
    let mut text = format!("witness K\u{e9} {}\nwitness ", witness(1).verifier()).into_bytes();
    text.extend(b"\xff\xfe ");
    text.extend(witness(2).verifier().to_string().bytes());
    text.extend(b"\ngroup all all \xff\xfe K\xc3\xa9\nquorum all");
    let policy = Policy::parse(&text).unwrap();
    assert_eq!(policy.witnesses()[1].name.as_bytes(), b"\xff\xfe");
    assert_eq!(Policy::parse(&policy.to_bytes()).unwrap(), policy);
}

#[test]
fn thirty_two_of_each_are_read() {
    let mut text = String::new();
    for number in 0..32_u8 {
        let origin = KeyName::new(&format!("log.example/{number}")).unwrap();
        let log = Signer::new(origin, &[100 + number; 32]);
        text.push_str(&format!(
            "log {}\nwitness w{number} {}\n",
            log.verifier(),
            witness(number + 1).verifier()
        ));
    }
    for number in 0..32 {
        let below = if number == 0 {
            String::new()
        } else {
            format!(" g{}", number - 1)
        };
        text.push_str(&format!("group g{number} all w{number}{below}\n"));
    }
    text.push_str("quorum g31\n");
    let policy = Policy::parse(text.as_bytes()).unwrap();
    let all: Vec<&Name> = policy
        .witnesses()
        .iter()
        .map(|witness| &witness.name)
        .collect();
    assert!(policy.is_satisfied(&all));
    for missing in 0..32 {
        let some: Vec<&Name> = all
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != missing)
            .map(|(_, name)| *name)
            .collect();
        assert!(!policy.is_satisfied(&some));
    }
}

/// The rule of the specification, said again without a walk.
fn defined(policy: &Policy, name: &Name, cosigned: &[&Name]) -> bool {
    match policy.groups().iter().find(|group| group.name == *name) {
        None => cosigned.contains(&name),
        Some(group) => {
            let there = group
                .members
                .iter()
                .filter(|member| defined(policy, member, cosigned))
                .count();
            match group.threshold {
                Threshold::Any => there >= 1,
                Threshold::All => there == group.members.len(),
                Threshold::Number(number) => there >= number,
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(policy) = Policy::parse(&bytes) {
            prop_assert_eq!(Policy::parse(&policy.to_bytes()).unwrap(), policy);
        }
    }

    #[test]
    fn an_altered_policy_reads_back_or_is_refused(
        at in any::<prop::sample::Index>(), cut in 0_usize..6, with in "[\\n\\t #a-zA-Z0-9]{0,4}",
    ) {
        let mut bytes = example().into_bytes();
        let at = at.index(bytes.len());
        let until = (at + cut).min(bytes.len());
        bytes.splice(at..until, with.bytes());
        if let Ok(policy) = Policy::parse(&bytes) {
            prop_assert_eq!(Policy::parse(&policy.to_bytes()).unwrap(), policy);
        }
    }

    #[test]
    fn every_choice_of_witnesses_is_judged_by_the_rule(
        chosen in prop::collection::vec(any::<bool>(), 6), two in 1..=3_usize, kind in 0..3_usize,
    ) {
        let text = example().replace("X-witnesses 2", &format!("X-witnesses {two}"))
            .replace("Y-witnesses any", ["Y-witnesses any", "Y-witnesses all", "Y-witnesses 2"][kind]);
        let policy = Policy::parse(text.as_bytes()).unwrap();
        let cosigned: Vec<&Name> = policy.witnesses().iter().zip(&chosen)
            .filter(|(_, chosen)| **chosen).map(|(witness, _)| &witness.name).collect();
        let Quorum::Of(quorum) = policy.quorum() else { unreachable!() };
        prop_assert_eq!(policy.is_satisfied(&cosigned), defined(&policy, quorum, &cosigned));
    }
}
