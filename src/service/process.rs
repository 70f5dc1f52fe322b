//! What the system says of this process: memory, files, processor time (proc(5)).

use std::fs;

/// What the system says of this process; what it does not say is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Memory it occupies, in bytes.
    pub resident_bytes: Option<u64>,
    /// Memory it has addresses for, in bytes.
    pub virtual_bytes: Option<u64>,
    /// Processor time it took, in seconds.
    pub cpu_seconds: Option<f64>,
    /// Its threads.
    pub threads: Option<u64>,
    /// Files and sockets it holds open.
    pub open_files: Option<u64>,
    /// How many it may.
    pub most_files: Option<u64>,
}

impl Process {
    /// This process, now.
    #[must_use]
    pub fn own() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        let kib = |name| figure(&status, name).map(|kib| kib.saturating_mul(1_024));
        Self {
            resident_bytes: kib("VmRSS:"),
            virtual_bytes: kib("VmSize:"),
            cpu_seconds: cpu_seconds(&stat),
            threads: figure(&status, "Threads:"),
            // The directory that is read is one of them.
            open_files: fs::read_dir("/proc/self/fd")
                .ok()
                .map(|files| (files.count() as u64).saturating_sub(1)),
            most_files: figure(&limits, "Max open files"),
        }
    }
}

/// The first number behind a name at the beginning of a line.
fn figure(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Fields 14 and 15 of stat, in ticks of a hundredth of a second (USER_HZ is 100 on every Linux that is met today).
fn cpu_seconds(stat: &str) -> Option<f64> {
    // The second field is a name in brackets that may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some((f64::from(user) + f64::from(system)) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_found() {
        let own = Process::own();
        assert!(
            own.resident_bytes.is_some_and(|bytes| bytes > 1 << 20),
            "{own:?}"
        );
        assert!(own.open_files.is_some_and(|files| files >= 3), "{own:?}");
        assert!(
            own.most_files > own.open_files && own.threads >= Some(1),
            "{own:?}"
        );
        let stat = "1 (a) b) S 0 1 1 0 -1 4 10 0 0 0 250 50 0 0 20 0 1 0 100 9 9";
        assert_eq!(cpu_seconds(stat), Some(3.0));
    }
}
