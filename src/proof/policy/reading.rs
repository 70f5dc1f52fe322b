//! How a trust policy is read: line by line, and every refusal names its line (C2SP tlog-policy, "Policy
//! file syntax and structure").

use super::{Group, Log, MAX_BYTES, NONE, Name, Policy, PolicyError, Quorum, Threshold, Witness};
use crate::proof::decimal;
use crate::proof::key::{Kind, VerifierKey};

const SHAPES: &str =
    "it begins with none of `log`, `witness`, `group` and `quorum`; a comment begins with #";

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// With the number of the line that cannot be read, and what would be right.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > MAX_BYTES {
            return Err(PolicyError::TooLong);
        }
        let mut read = Read::default();
        for (before, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let at = |what| PolicyError::Line {
                line: before.saturating_add(1),
                what,
            };
            read.line(line).map_err(at)?;
        }
        Ok(Self {
            logs: read.logs,
            witnesses: read.witnesses,
            groups: read.groups,
            quorum: read.quorum.ok_or(PolicyError::NoQuorum)?,
        })
    }
}

/// What was read so far.
#[derive(Default)]
struct Read {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Quorum>,
}

impl Read {
    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        if line
            .iter()
            .any(|byte| *byte != b'\t' && (*byte < b' ' || *byte == 0x7f))
        {
            return Err(
                "it holds a control character, as the carriage return of another system; only tabs and newlines may \
                 stand in a policy"
                    .to_owned(),
            );
        }
        let items: Vec<&[u8]> = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|item| !item.is_empty())
            .collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", rest @ ..] => self.log(rest),
            [b"witness", rest @ ..] => self.witness(rest),
            [b"group", rest @ ..] => self.group(rest),
            [b"quorum", rest @ ..] => self.quorum(rest),
            _ => Err(SHAPES.to_owned()),
        }
    }

    fn log(&mut self, items: &[&[u8]]) -> Result<(), String> {
        let (key, url) = match items {
            [key] => (key, None),
            [key, url] => (key, Some(url.to_vec())),
            _ => {
                return Err(
                    "write `log KEY`, and the address of the ledger behind it if you like"
                        .to_owned(),
                );
            }
        };
        let key = read_key(key)?;
        if self.logs.iter().any(|log| log.key.public() == key.public()) {
            return Err(
                "the same key stands on a `log` line before; leave one of them out".to_owned(),
            );
        }
        self.logs.push(Log { key, url });
        Ok(())
    }

    fn witness(&mut self, items: &[&[u8]]) -> Result<(), String> {
        let (name, key, url) = match items {
            [name, key] => (name, key, None),
            [name, key, url] => (name, key, Some(url.to_vec())),
            _ => return Err(
                "write `witness NAME KEY`, and the address of the witness behind it if you like"
                    .to_owned(),
            ),
        };
        let name = self.new_name(name)?;
        let key = read_key(key)?;
        if key.kind() != Kind::Cosignature {
            return Err(format!(
                "the key of {name} signs notes (type 01) and cosigns none; a witness has a key of type 04"
            ));
        }
        let same = |witness: &&Witness| witness.key.public() == key.public();
        if let Some(other) = self.witnesses.iter().find(same) {
            return Err(format!(
                "the key of {name} is the one of {}; a witness under two names would count twice",
                other.name
            ));
        }
        self.witnesses.push(Witness { name, key, url });
        Ok(())
    }

    fn group(&mut self, items: &[&[u8]]) -> Result<(), String> {
        let [name, threshold, members @ ..] = items else {
            return Err("write `group NAME any|all|NUMBER MEMBER...`".to_owned());
        };
        let name = self.new_name(name)?;
        if members.is_empty() {
            return Err(format!(
                "the group {name} has no members; name witnesses or groups of lines before"
            ));
        }
        let members = members.iter().map(|member| self.member(member, &name));
        let members: Vec<Name> = members.collect::<Result<_, _>>()?;
        for (index, member) in members.iter().enumerate() {
            if members.iter().take(index).any(|other| other == member) {
                return Err(format!("{member} stands twice in the group {name}"));
            }
        }
        let threshold = match *threshold {
            b"any" => Threshold::Any,
            b"all" => Threshold::All,
            number => Threshold::Number(needed(number, members.len())?),
        };
        self.groups.push(Group {
            name,
            threshold,
            members,
        });
        Ok(())
    }

    /// A member that is known from a line before, and in no other group: so that nobody counts twice.
    fn member(&self, item: &[u8], group: &Name) -> Result<Name, String> {
        let name = Name(item.to_vec());
        if !self.knows(&name) {
            return Err(format!(
                "no line before names the witness or group {name}, which is to be in the group {group}"
            ));
        }
        let holds = |other: &&Group| other.members.contains(&name);
        match self.groups.iter().find(holds) {
            Some(other) => Err(format!(
                "{name} is in the group {} already, and nobody may count twice",
                other.name
            )),
            None => Ok(name),
        }
    }

    fn quorum(&mut self, items: &[&[u8]]) -> Result<(), String> {
        let [name] = items else {
            return Err(
                "write `quorum NAME` with one witness or group, or `quorum none`".to_owned(),
            );
        };
        if self.quorum.is_some() {
            return Err("this is the second quorum line, and a policy has one".to_owned());
        }
        let name = Name(name.to_vec());
        self.quorum = Some(match name.as_bytes() {
            NONE => Quorum::None,
            _ if self.knows(&name) => Quorum::Of(name),
            _ => {
                return Err(format!(
                    "no line before names the witness or group {name}, which is to be the quorum"
                ));
            }
        });
        Ok(())
    }

    fn knows(&self, name: &Name) -> bool {
        let of_witness = self.witnesses.iter().any(|witness| witness.name == *name);
        of_witness || self.groups.iter().any(|group| group.name == *name)
    }

    fn new_name(&self, item: &[u8]) -> Result<Name, String> {
        let name = Name(item.to_vec());
        if item == NONE {
            return Err(
                "`none` is the name of nobody; call the witness or group something else".to_owned(),
            );
        }
        match self.knows(&name) {
            true => Err(format!(
                "{name} is the name of a witness or group of a line before"
            )),
            false => Ok(name),
        }
    }
}

fn read_key(item: &[u8]) -> Result<VerifierKey, String> {
    let text = String::from_utf8_lossy(item);
    text.parse::<VerifierKey>()
        .map_err(|error| error.to_string())
}

fn needed(item: &[u8], members: usize) -> Result<usize, String> {
    let number = str::from_utf8(item).ok().and_then(decimal::read);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.filter(|number| (1..=members).contains(number)).ok_or_else(|| {
        format!(
            "{:?} is not how many members are enough; write any, all, or a number from 1 to {members}",
            String::from_utf8_lossy(item)
        )
    })
}
