//! `token`: who may use the service, and as what.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::session;
use super::trouble;
use crate::deal::value::ids::ActorId;
use crate::service::access::grants::{self, Granted, GrantsError, Order};
use crate::service::access::log::used::last_used;
use crate::service::access::role::{Action, Role};
use crate::service::access::token::TokenId;
use crate::service::access::{AccessFiles, files_of};
use crate::service::ambient::{Clock, SystemClock};

/// Say who may use the service, and as what
///
/// Tokens are kept beside the ledger as their SHA-256 alone, in a file that only grows; a running service follows it within
/// a second. Backups leave them out, so that no revoked token comes to life again with an old one.
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Grant a token and print it, this once
    ///
    /// The token alone goes to standard output, what it is for to standard error.
    Add(Add),
    /// List the tokens: what they are for, until when, and when each was last used
    List(List),
    /// Revoke a token: a running service refuses it within a second
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Who records with it, as an opaque id such as u:7f3a
    #[arg(value_name = "ID")]
    who: String,
    /// What they may do: officer (records, issues reports, reads), reviewer (also confirms facts), auditor (reads everything,
    /// the access log included), reporter (reads and issues reports only), administrator (the service's figures)
    #[arg(long, value_name = "ROLE")]
    role: String,
    /// Of what the role may do, these alone: read, read-ledger, read-reports, issue-report, record, confirm,
    /// read-access-log, read-metrics
    #[arg(long, value_name = "ACTION", value_delimiter = ',')]
    only: Vec<String>,
    /// For how many days it is valid, at most 90
    #[arg(long, value_name = "DAYS", default_value_t = 90)]
    days: i64,
    /// What people call it, such as dashboard; never a name, because it cannot be erased
    #[arg(long, value_name = "WORDS")]
    label: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Those that ran out or were revoked as well
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The token's id, as `token list` shows it, or the token itself
    #[arg(value_name = "TOKEN")]
    which: String,
}

impl Token {
    /// Runs the command.
    pub(super) fn run(&self, context: &Context) -> Result<(), Failure> {
        let options = session::options(None, None)?;
        let files = files_of(context.data(), options.disk.as_ref());
        let files = files.map_err(|error| trouble::of_ledger(&error))?;
        // Never a clock set by hand: it would make tokens last for ever.
        let now = SystemClock.now();
        match self {
            Self::Add(add) => add.run(context, &files, now),
            Self::List(list) => list.run(context, &files, now),
            Self::Revoke(revoke) => revoke.run(context, &files, now),
        }
    }
}

impl Add {
    fn run(
        &self,
        context: &Context,
        files: &AccessFiles,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let actor: Result<ActorId, _> = self.who.parse();
        let role: Result<Role, _> = self.role.parse();
        let only: Result<Vec<Action>, _> = self.only.iter().map(|one| one.parse()).collect();
        let order = Order {
            actor: actor.map_err(|error| Failure::of_field("ID", error))?,
            role: role.map_err(|error| Failure::of_field("--role", error))?,
            only: only.map_err(|error| Failure::of_field("--only", error))?,
            valid: TimeDelta::try_days(self.days).unwrap_or(TimeDelta::MAX),
            label: self.label.clone(),
            by: context.actor()?.id,
        };
        let granted = grants::grant(&files.dir, files.ledger, order, now);
        let (token, granted) = granted.map_err(|error| failure(&error))?;
        let output = context.output();
        if output.is_json() {
            let mut told = as_json(&granted, None, now);
            if let Value::Object(members) = &mut told {
                members.insert("secret".to_owned(), token.as_str().into());
            }
            return output.json(&told);
        }
        let grant = &granted.grant;
        output.line(token.as_str())?;
        output.aside(
            "Note:",
            &format!(
                "{} lets {} in as {}{} until {}; it is shown this once and kept nowhere",
                grant.token,
                grant.actor,
                grant.role,
                match words(&grant.only) {
                    only if only.is_empty() => only,
                    only => format!(", for {only} alone,"),
                },
                day_of(grant.expires_at),
            ),
        );
        Ok(())
    }
}

impl List {
    fn run(
        &self,
        context: &Context,
        files: &AccessFiles,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let grants = grants::read(&files.dir, files.ledger).map_err(|error| failure(&error))?;
        let used = last_used(&files.dir);
        let shown: Vec<&Granted> = grants
            .all
            .iter()
            .filter(|one| self.all || one.is_valid(now))
            .collect();
        let output = context.output();
        if output.is_json() {
            let shown = shown
                .iter()
                .map(|one| as_json(one, used.get(&one.grant.token), now));
            return output.json(&json!({ "tokens": shown.collect::<Vec<_>>() }));
        }
        let hidden = grants.all.len().saturating_sub(shown.len());
        if !shown.is_empty() {
            let rows = shown.iter().map(|one| row(one, &used, now)).collect();
            let heads = ["token", "who", "role", "until", "last used", "label"];
            output.table(&heads, rows, &[])?;
        } else {
            output.line("No token is valid.")?;
        }
        match hidden {
            0 => Ok(()),
            hidden => output.line(&format!(
                "{hidden} more ran out or were revoked; --all shows them"
            )),
        }
    }
}

fn row(one: &Granted, used: &BTreeMap<TokenId, DateTime<Utc>>, now: DateTime<Utc>) -> Vec<String> {
    let grant = &one.grant;
    let role = match words(&grant.only) {
        only if only.is_empty() => grant.role.to_string(),
        only => format!("{}: {only}", grant.role),
    };
    let until = match &one.revoked {
        Some((at, by)) => format!("revoked {} by {by}", day_of(*at)),
        None if !one.is_valid(now) => format!("ran out {}", day_of(grant.expires_at)),
        None => day_of(grant.expires_at),
    };
    vec![
        grant.token.to_string(),
        grant.actor.to_string(),
        role,
        until,
        used.get(&grant.token)
            .map_or_else(|| "never".to_owned(), |at| day_of(*at)),
        grant.label.clone().unwrap_or_default(),
    ]
}

impl Revoke {
    fn run(
        &self,
        context: &Context,
        files: &AccessFiles,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let by = context.actor()?.id;
        let revoked = grants::revoke(&files.dir, files.ledger, &self.which, &by, now);
        let revoked = revoked.map_err(|error| failure(&error))?;
        let output = context.output();
        match output.is_json() {
            true => output.json(&as_json(&revoked, None, now)),
            false => output.line(&format!(
                "Revoked {} of {}; a running service refuses it within a second",
                revoked.grant.token, revoked.grant.actor
            )),
        }
    }
}

fn as_json(one: &Granted, used: Option<&DateTime<Utc>>, now: DateTime<Utc>) -> Value {
    let grant = &one.grant;
    json!({
        "token": grant.token,
        "actor": grant.actor,
        "role": grant.role,
        "only": grant.only,
        "label": grant.label,
        "granted_at": one.at,
        "granted_by": one.by,
        "expires_at": grant.expires_at,
        "last_used_at": used,
        "revoked_at": one.revoked.as_ref().map(|(at, _)| at),
        "revoked_by": one.revoked.as_ref().map(|(_, by)| by),
        "valid": one.is_valid(now),
    })
}

fn words(only: &[Action]) -> String {
    let each: Vec<String> = only
        .iter()
        .map(|action| action.as_str().replace('_', "-"))
        .collect();
    each.join(", ")
}

fn day_of(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn failure(error: &GrantsError) -> Failure {
    let failure = Failure {
        exit: match error.is_refusal() {
            true => Exit::Refused,
            false => Exit::Broken,
        },
        ..Failure::refused("token", error.to_string())
    };
    match error {
        GrantsError::NoSuchToken(_) => failure.hint("`dealtrail token list --all` shows them"),
        GrantsError::Damaged(_) => failure.hint(
            "nobody is let in by it; keep it as evidence, move it away and grant tokens anew",
        ),
        _ => failure,
    }
}
