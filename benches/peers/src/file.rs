//! What the disk allows: one file, one writer, one `fdatasync` for all who wait.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result};
use tokio::sync::{mpsc, oneshot};

use crate::content;
use crate::load::Item;
use crate::peer::{Amount, Thing};

/// Lines to write, and whom to tell once they are durable.
type Order = (Vec<u8>, oneshot::Sender<()>);

/// A file that is only appended to.
pub(crate) struct PlainFile {
    path: PathBuf,
    orders: mpsc::UnboundedSender<Order>,
}

impl PlainFile {
    /// Makes the file and starts its writer.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create_new(true).append(true).open(path);
        let mut file = file.with_context(|| format!("cannot make {}", path.display()))?;
        let (orders, mut waiting) = mpsc::unbounded_channel::<Order>();
        thread::spawn(move || {
            while let Some((mut lines, first)) = waiting.blocking_recv() {
                let mut told = vec![first];
                while let Ok((more, next)) = waiting.try_recv() {
                    lines.extend_from_slice(&more);
                    told.push(next);
                }
                // Whoever waits learns of a failure by its end of the channel being dropped.
                if file
                    .write_all(&lines)
                    .and_then(|()| file.sync_data())
                    .is_err()
                {
                    return;
                }
                for one in told {
                    let _ = one.send(());
                }
            }
        });
        Ok(Self {
            path: path.to_owned(),
            orders,
        })
    }

    pub(crate) fn appender(&self) -> Appender {
        Appender {
            path: self.path.clone(),
            orders: self.orders.clone(),
        }
    }
}

/// One of those who append to the file.
pub(crate) struct Appender {
    path: PathBuf,
    orders: mpsc::UnboundedSender<Order>,
}

impl Appender {
    async fn write(&self, lines: Vec<u8>) -> Result<()> {
        let (tell, told) = oneshot::channel();
        self.orders
            .send((lines, tell))
            .ok()
            .context("the file cannot be written")?;
        told.await.context("the file cannot be written")
    }

    pub(crate) async fn load(&self, items: &[Item]) -> Result<Vec<u64>> {
        self.write(lines(items.iter().map(|item| &item.remark)))
            .await?;
        Ok(vec![0; items.len()])
    }

    pub(crate) async fn append(&self, _thing: &mut Thing, remarks: &[String]) -> Result<()> {
        self.write(lines(remarks)).await
    }

    pub(crate) fn replay(&self) -> Result<Amount> {
        let mut file = BufReader::with_capacity(256 << 10, File::open(&self.path)?);
        let (mut line, mut amount) = (Vec::new(), Amount::default());
        loop {
            line.clear();
            let read = file.read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(amount);
            }
            amount.events += 1;
            amount.bytes += read as u64 - 1;
        }
    }
}

fn lines<'a>(remarks: impl IntoIterator<Item = &'a String>) -> Vec<u8> {
    let mut lines = Vec::new();
    for remark in remarks {
        lines.extend_from_slice(&content::event(remark));
        lines.push(b'\n');
    }
    lines
}
