// Checks what a dealtrail ledger gives out: audit packs, receipts, and issued reports with their certificates.
//
//   node verify.js PACK [--trust POLICY] [--checkpoint FILE]...    PACK is the archive or the folder
//   node verify.js receipt FILE RECORD --trust POLICY
//   node verify.js report DOCUMENT CERTIFICATE --trust POLICY
//
// Exit code 0: everything fits. 1: something does not. 2: it could not be checked. Needs Node 16 or newer and nothing
// else; asks no server. The same file checks the page of an issued report inside a browser.
// Formats: RFC 6962 and 9162 (trees), C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof,
// tlog-tiles.
(() => {
  "use strict";
  const NODE = typeof document === "undefined";
  const crypt = NODE ? require("crypto") : null;

  /** What was shown does not hold. */
  class Differs extends Error {}
  /** Nothing can be said. */
  class Unusable extends Error {}
  /** What is wrong with what was shown, in words; bytes of another form than they have to be are wrong too. */
  const whatDiffers = error => {
    if (error instanceof Differs) return error.message;
    const misformed = [TypeError, SyntaxError, RangeError].some(kind => error instanceof kind);
    return misformed ? "it is not formed as it has to be" : null;
  };
  const must = (holds, why) => {
    if (!holds) throw new Differs(why);
  };

  // Bytes and texts

  const utf8 = text => new TextEncoder().encode(text);
  function read(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Differs("it is not text in UTF-8");
    }
  }
  function join(parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
  const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
  function unhex(text, what) {
    must(/^([0-9a-f]{2})*$/.test(text), `${what} is not in hexadecimal`);
    return Uint8Array.from(text.match(/../g) || [], pair => parseInt(pair, 16));
  }
  function base64(text, what) {
    let letters = null;
    try {
      letters = atob(text);
    } catch {
      /* told below */
    }
    must(letters !== null && btoa(letters) === text, `${what} is not in base64`);
    return Uint8Array.from(letters, letter => letter.charCodeAt(0));
  }
  function number(text, what) {
    must(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(+text), `${what} is no whole number`);
    return +text;
  }
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const half = n => Math.floor(n / 2);

  // Hashes and signatures

  async function sha256(...parts) {
    if (NODE) return crypt.createHash("sha256").update(join(parts)).digest();
    return new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
  }
  const ZERO = Uint8Array.of(0);
  const ONE = Uint8Array.of(1);
  const leafHash = record => sha256(ZERO, record);
  const nodeHash = (left, right) => sha256(ONE, left, right);

  async function ed25519(key, message, signature) {
    if (signature.length !== 64) return false;
    if (NODE) {
      const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
      try {
        return crypt.verify(
          null,
          message,
          crypt.createPublicKey({ key: der, format: "der", type: "spki" }),
          signature,
        );
      } catch {
        return false;
      }
    }
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      throw new Unusable(
        "This browser cannot check Ed25519 signatures. A newer one can, and so can the verifier of the audit pack.",
      );
    }
    return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  }

  // Proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2)

  async function included(root, size, index, leaf, proof) {
    must(index < size, `entry ${index} is beyond the ${size} entries that were signed`);
    let f = index;
    let s = size - 1;
    let r = leaf;
    let fits = true;
    for (const p of proof) {
      if (s === 0) {
        fits = false;
        break;
      }
      if (f % 2 || f === s) {
        r = await nodeHash(p, r);
        while (f % 2 === 0 && f !== 0) {
          f = half(f);
          s = half(s);
        }
      } else r = await nodeHash(r, p);
      f = half(f);
      s = half(s);
    }
    must(
      fits && s === 0 && same(r, root),
      `the proof does not show these bytes at position ${index} of the ${size} entries that were signed`,
    );
  }
  async function consistent(m, old, n, root, proof) {
    const why = `the first ${m} entries are not the beginning of the ${n} that were signed`;
    must(m <= n, why);
    if (m === n) return must(!proof.length && same(old, root), why);
    if (m === 0) return must(!proof.length, why);
    const path = Number.isInteger(Math.log2(m)) ? [old, ...proof] : [...proof];
    let f = m - 1;
    let s = n - 1;
    while (f % 2) {
      f = half(f);
      s = half(s);
    }
    let a = path.shift();
    let b = a;
    must(a, why);
    for (const c of path) {
      must(s !== 0, why);
      if (f % 2 || f === s) {
        a = await nodeHash(c, a);
        b = await nodeHash(c, b);
        while (f % 2 === 0 && f !== 0) {
          f = half(f);
          s = half(s);
        }
      } else b = await nodeHash(b, c);
      f = half(f);
      s = half(s);
    }
    must(s === 0 && same(a, old) && same(b, root), why);
  }

  // Keys, notes, checkpoints, policies

  async function readKey(text) {
    const found = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text);
    must(found, `${text} is no public key; one is a name, eight digits and base64, with + between`);
    const [, name, id, rest] = found;
    const bytes = base64(rest, "the public key");
    must(
      bytes.length === 33 && (bytes[0] === 1 || bytes[0] === 4),
      `the key of ${name} is of a kind this verifier does not know`,
    );
    const digest = await sha256(utf8(`${name}\n`), bytes);
    must(
      hex(digest.slice(0, 4)) === id,
      `the public key of ${name} was not copied whole: its digits do not belong to it`,
    );
    return { name, id, kind: bytes[0], key: bytes.slice(1) };
  }
  function readNote(bytes) {
    const whole = read(bytes);
    const at = whole.lastIndexOf("\n\n");
    must(at >= 0 && whole.endsWith("\n") && !/[\x00-\x09\x0b-\x1f]/.test(whole), "it is not a signed note");
    const lines = whole
      .slice(at + 2, -1)
      .split("\n")
      .map(line => {
        const found = /^\u2014 (\S+) (\S+)$/.exec(line);
        must(found, `${line.slice(0, 80)} is not a signature line`);
        const rest = base64(found[2], "a signature");
        must(rest.length > 4, "a signature is too short");
        return { name: found[1], id: hex(rest.slice(0, 4)), signature: rest.slice(4) };
      });
    return { text: whole.slice(0, at + 1), lines };
  }
  function readCheckpoint(bytes) {
    const note = readNote(bytes);
    const [origin, size, root] = note.text.split("\n");
    must(origin && size && root, "it is not a checkpoint: that has three lines");
    const hash = base64(root, "the root");
    must(hash.length === 32, "the root is not 32 bytes long");
    return { ...note, origin, size: number(size, "the size"), root: hash };
  }
  async function signers(note, keys) {
    const found = [];
    for (const line of note.lines)
      for (const key of keys.filter(key => key.name === line.name && key.id === line.id)) {
        let message = note.text;
        let signature = line.signature;
        let time = null;
        if (key.kind === 4) {
          must(signature.length === 72, `the cosignature of ${key.name} is not 72 bytes long`);
          time = signature.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
          message = `cosignature/v1\ntime ${time}\n${note.text}`;
          signature = signature.slice(8);
        }
        must(
          await ed25519(key.key, utf8(message), signature),
          `the signature of ${key.name} is not of these words: they, it or the key were changed`,
        );
        found.push({ key, time });
      }
    return found;
  }
  /** A policy or a key that cannot be read says nothing of what it was to vouch for. */
  async function readPolicy(bytes) {
    try {
      return await policyOf(read(bytes));
    } catch (error) {
      throw error instanceof Differs
        ? new Unusable(`whom to believe cannot be read: ${error.message}`)
        : error;
    }
  }
  async function policyOf(given) {
    const policy = { logs: [], witnesses: [], groups: [], quorum: null };
    // A key alone is the policy that believes it.
    const text = /^\s*[^\s#]+\+[0-9a-f]{8}\+\S+\s*$/.test(given) ? `log ${given.trim()}\nquorum none` : given;
    for (const line of text.split("\n")) {
      const [word, ...rest] = line.split(/[ \t]+/).filter(item => item);
      const known = name =>
        policy.witnesses.some(w => w.name === name) || policy.groups.some(g => g.name === name);
      if (!word || word.startsWith("#")) continue;
      if (word === "log" && rest.length >= 1) policy.logs.push(await readKey(rest[0]));
      else if (word === "witness" && rest.length >= 2)
        policy.witnesses.push({ name: rest[0], key: await readKey(rest[1]) });
      else if (word === "group" && rest.length >= 3) {
        const [name, some, ...members] = rest;
        must(members.every(known), `the trust policy does not name a member of the group ${name}`);
        const needs =
          some === "any"
            ? 1
            : some === "all"
              ? members.length
              : number(some, `the number of the group ${name}`);
        policy.groups.push({ name, needs, members });
      } else if (word === "quorum" && rest.length === 1 && (rest[0] === "none" || known(rest[0])))
        policy.quorum = rest[0];
      else throw new Differs(`the trust policy has a line that cannot be read: ${line.slice(0, 80)}`);
    }
    must(policy.logs.length && policy.quorum, "a trust policy needs a `log` line and a `quorum` line");
    return policy;
  }
  /** Who vouches for a checkpoint, in words. Witnesses are not asked of what the ledger kept by itself. */
  async function accepted(checkpoint, policy, ownWord) {
    const logs = policy.logs.filter(key => key.name === checkpoint.origin);
    must(logs.length, `the trust policy does not name ${checkpoint.origin}`);
    const found = await signers(checkpoint, [...logs, ...policy.witnesses.map(w => w.key)]);
    must(
      found.some(one => logs.includes(one.key)),
      `no key that the trust policy names for ${checkpoint.origin} signed it`,
    );
    const cosigned = policy.witnesses.filter(w => found.some(one => one.key === w.key));
    const counted = cosigned.map(w => w.name);
    for (const group of policy.groups) {
      if (group.members.filter(name => counted.includes(name)).length >= group.needs)
        counted.push(group.name);
    }
    must(
      ownWord || policy.quorum === "none" || counted.includes(policy.quorum),
      `the trust policy asks for ${policy.quorum}, and the cosignatures are not enough`,
    );
    const times = cosigned.map(
      w => ` and cosigned by ${w.name} at ${moment(found.find(one => one.key === w.key).time)}`,
    );
    return `signed by ${checkpoint.origin}${times.join("")}`;
  }
  // Changes of the ledger's key: entries that prove themselves by the signatures of both keys

  const isSame = (one, other) => one.name === other.name && one.id === other.id && same(one.key, other.key);
  /** What an entry proves that says the key was changed: its position, the key before and the key after. */
  async function keyChange({ seq, data }, roots, before) {
    const why = `entry ${seq} says that the key was changed, and that is not proved`;
    const older = await readKey(data.old_key);
    const newer = await readKey(data.new_key);
    const statement = [
      "dealtrail key rotation v1",
      `origin ${older.name}`,
      `size ${data.size}`,
      `root ${data.root}`,
      `old ${data.old_key}`,
      `new ${data.new_key}\n`,
    ].join("\n");
    const pairs = [
      [older, data.old_signature],
      [newer, data.new_signature],
    ];
    for (const [key, letters] of pairs) {
      const signature = base64(letters, "a signature");
      const own = hex(signature.slice(0, 4)) === key.id && key.name === older.name;
      must(own && (await ed25519(key.key, utf8(statement), signature.slice(4))), why);
    }
    must(
      !before.length || isSame(before[before.length - 1].newer, older),
      `${why}: the old key it names was not in force`,
    );
    const root = roots.get(data.size);
    must(
      data.size <= seq && root && same(root, readHash(data.root)),
      `${why}: the first ${data.size} entries are not those that the old key vouched for`,
    );
    return { seq, older, newer };
  }
  /** A policy as it reads for a checkpoint of so many entries: a key of the chain stands for the one in force there. */
  function inForce(policy, changes, size) {
    const chain = changes.length ? [changes[0].older, ...changes.map(change => change.newer)] : [];
    if (!policy.logs.some(log => chain.some(key => isSame(log, key)))) return policy;
    return { ...policy, logs: [chain[changes.filter(change => change.seq < size).length]] };
  }
  const moment = seconds => new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");

  // Receipts and certificates

  function readReceipt(text) {
    const at = text.indexOf("\n\n");
    must(at >= 0 && text.startsWith("c2sp.org/tlog-proof@v1\n"), "it is not a receipt");
    const lines = text.slice(0, at).split("\n").slice(1);
    if (lines[0] && lines[0].startsWith("extra ")) lines.shift();
    const index = /^index (.*)$/.exec(lines.shift() || "");
    must(index, "the receipt does not say which entry it is about");
    return {
      index: number(index[1], "the index"),
      proof: lines.map(readHash),
      checkpoint: readCheckpoint(utf8(text.slice(at + 2))),
    };
  }
  function readHash(line) {
    const hash = base64(line, "a hash");
    must(hash.length === 32, "a hash is not 32 bytes long");
    return hash;
  }
  function readCertificate(bytes) {
    const text = read(bytes);
    const at = text.indexOf("\n\n");
    must(
      at >= 0 && text.startsWith("dealtrail/report-certificate@v1\n"),
      "it is not a certificate of a report",
    );
    const [, record, ...hashes] = text.slice(0, at).split("\n");
    let entry = null;
    try {
      entry = JSON.parse(record);
    } catch {
      /* told below */
    }
    must(
      entry && entry.kind === "report_issued" && entry.data && entry.data.manifest,
      "the entry in the certificate issued no report",
    );
    return {
      record,
      entry,
      manifest: entry.data.manifest,
      number: entry.data.number,
      proof: hashes.map(readHash),
      receipt: readReceipt(text.slice(at + 2)),
    };
  }
  async function checkReceipt(receipt, record) {
    await included(
      receipt.checkpoint.root,
      receipt.checkpoint.size,
      receipt.index,
      await leafHash(record),
      receipt.proof,
    );
  }
  /** What a certificate has to show of a Document, by name; whether its checkpoint is believed is asked apart. */
  const CERTIFICATE = {
    digest: async (certificate, bytes) => {
      const { manifest, number } = certificate;
      const digest = hex(await sha256(bytes));
      must(
        digest === manifest.document_sha256,
        `it is not the Document that was issued as ${number}: its SHA-256 is ${digest}, and what was issued has ${manifest.document_sha256}`,
      );
      const told = JSON.parse(read(bytes));
      must(
        told.known_at === manifest.known_at &&
          told.ledger.root === manifest.root &&
          told.ledger.origin === manifest.origin,
        "the Document and the entry that issued it name different ledgers",
      );
      return `the words are those that were issued as ${number}, byte for byte`;
    },
    issue: async ({ record, entry, manifest, receipt }) => {
      await checkReceipt(receipt, utf8(record));
      must(
        entry.seq === receipt.index && manifest.origin === receipt.checkpoint.origin,
        "the entry is of another ledger or place than the receipt says",
      );
      return `its issue is entry ${receipt.index} of the ${receipt.checkpoint.size} that were signed`;
    },
    beginning: async ({ manifest, proof, receipt }) => {
      const { root, size } = receipt.checkpoint;
      must(
        manifest.known_at <= receipt.index,
        "the report says that it knew entries recorded after its issue",
      );
      await consistent(manifest.known_at, unhex(manifest.root, "the root"), size, root, proof);
      return `the ${manifest.known_at} entries it was computed from are the beginning of those that were signed`;
    },
  };

  // The page of an issued report

  /** The words of the page in the order they are read, of the Document it carries. */
  function* wordsOf(told) {
    const notes = list => (list || []).map(n => `[${n}]`);
    const headed = told.parts.map(part => part.heading).filter(heading => heading);
    const links = [
      ...headed,
      told.definitions.length && told.labels.definitions,
      told.footnotes.length && told.labels.sources,
    ];
    yield* [
      "Skip to the report",
      told.ledger.demonstration && "Demonstration ledger",
      told.ledger.agency,
      told.title,
    ];
    for (const warning of told.warnings) yield* [`${told.labels.warning}:`, warning];
    yield* ["Contents", ...links, "About this report", "Receipt"];
    for (const part of told.parts) {
      let above = part.heading;
      yield part.heading;
      for (const block of part.blocks) {
        if (block.text) yield block.text;
        if (block.block === "subheading") above = block.text;
        for (const line of [...(block.lines || []), ...(block.items || [])])
          yield* [line.struck && `${told.labels.struck}:`, line.text, ...notes(line.notes)];
        if (block.block === "figures")
          for (const row of block.rows) {
            yield* [
              row.label,
              row.definition && `(${row.definition})`,
              row.value,
              ...notes(row.notes),
              ...(row.details || []),
            ];
          }
        if (block.block === "table") {
          yield* [above, ...block.columns.map(column => column.title)];
          for (const row of block.rows) for (const cell of row) yield* [cell.text, ...notes(cell.notes)];
        }
        if (block.block === "claim")
          yield* [
            `\u201c${block.quote}\u201d`,
            block.speaker,
            `, ${block.context}.`,
            block.remark,
            ...notes(block.notes),
          ];
      }
    }
    if (told.definitions.length) yield told.labels.definitions;
    for (const one of told.definitions) yield* [`(${one.mark})`, one.text];
    if (told.footnotes.length) yield told.labels.sources;
    for (const one of told.footnotes) {
      yield* [
        `[${one.number}]`,
        one.text,
        ...(one.marks || []).filter(mark => !one.text.includes(mark)),
        ...one.sources.map(source => source.url),
      ];
    }
    yield* [
      "About this report",
      ...told.closing,
      "Report",
      `${told.report} ${told.report_version}`,
      "Agency",
      told.ledger.agency,
      "Ledger",
      told.ledger.origin,
    ];
    yield* ["As of (D)", told.as_of, "Known at (K)", `${told.known_at}`, "Root at K", told.ledger.root];
    const given = Object.entries(told.parameters)
      .map(([name, value]) => `${name} = ${value}`)
      .join("; ");
    if (given) yield* ["Parameters", given];
    if (told.cited.length) yield* ["Entries cited", told.cited.join(", ")];
    yield* ["All entries could be read", told.complete ? "yes" : "no"];
  }
  const packed = text =>
    text
      .replace(/[\n\r\t\u2028\u2029]/g, " ")
      .replace(/[\u202a-\u202e\u2066-\u2069\ufeff\x00-\x1f\x7f-\x9f]/g, "\ufffd")
      .replace(/[\s\u2060]/g, "");

  /** Whether the page shows the words of its Document, all of them and no others. */
  function comparePage(told) {
    if (told.language !== "en") throw new Unusable("the words of a page in this language are not compared");
    must(
      !document.querySelector("img,svg,math,iframe,object,embed,canvas,video,audio,input,select,form"),
      "the page shows more than words",
    );
    must(
      ["issued", "receipt", "document", "certificate"].every(
        id => document.querySelectorAll(`[id="${id}"]`).length === 1,
      ),
      "the page carries something twice",
    );
    const walker = document.createTreeWalker(
      document.body,
      NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
      node =>
        node.nodeType === 1 && node.matches("script,template,#issued,#receipt,.back")
          ? NodeFilter.FILTER_REJECT
          : NodeFilter.FILTER_ACCEPT,
    );
    let shown = "";
    while (walker.nextNode()) if (walker.currentNode.nodeType === 3) shown += packed(walker.currentNode.data);
    for (const back of document.querySelectorAll(".back"))
      must(/^\u21a9\ufe0e\d*$/.test(back.textContent), `a link back says ${back.textContent.slice(0, 80)}`);
    for (const link of document.querySelectorAll("a[rel]"))
      must(
        link.getAttribute("href") === link.textContent,
        `a link shows ${link.textContent.slice(0, 80)} and leads elsewhere`,
      );
    let at = 0;
    for (const words of wordsOf(told)) {
      const wanted = packed(words || "");
      must(
        shown.startsWith(wanted, at),
        `where the report says \u201c${String(words).slice(0, 120)}\u201d, the page says something else`,
      );
      at += wanted.length;
    }
    must(at === shown.length, "the page says more than the report");
    return "the page shows the words of the Document it carries, and no others";
  }
  const SAYS = { fits: "fits", differs: "does not match", open: "not checked" };
  async function outcome(check) {
    try {
      return ["fits", await check()];
    } catch (error) {
      if (error instanceof Unusable) return ["open", error.message];
      return ["differs", whatDiffers(error) || error.message];
    }
  }
  function page() {
    const part = id => document.getElementById(id);
    const carried = id => base64(part(id).content.textContent.trim(), "what the page carries");
    const element = (name, words, inside = []) => {
      const made = document.createElement(name);
      made.append(words, ...inside);
      return made;
    };
    async function check() {
      const bytes = () => carried("document");
      const certificate = () => readCertificate(carried("certificate"));
      const trust = part("trust").value.trim();
      const checks = [
        ["Words", await outcome(() => comparePage(JSON.parse(read(bytes()))))],
        ["Digest", await outcome(() => CERTIFICATE.digest(certificate(), bytes()))],
        ["Issue", await outcome(() => CERTIFICATE.issue(certificate()))],
        ["Beginning", await outcome(() => CERTIFICATE.beginning(certificate()))],
        [
          "Signature",
          await outcome(async () => {
            if (!trust) throw new Unusable("give the ledger\u2019s public key above, and press Check");
            return accepted(certificate().receipt.checkpoint, await readPolicy(utf8(trust)));
          }),
        ],
      ];
      const is = ["differs", "open"].find(state => checks.some(([, [one]]) => one === state)) || "fits";
      const [title, words] = {
        fits: [
          "This report is what the ledger issued and signed",
          "What no ledger proves is that an officer recorded everything, or told the truth. A page that was altered could also lie about itself: in doubt, check it with the verifier of the audit pack.",
        ],
        open: [
          checks.slice(1, 4).every(([, [one]]) => one === "fits")
            ? "The receipt fits this page as far as it was checked"
            : "This page could not be checked",
          "What is still open stands below.",
        ],
        differs: [
          "This page does not match its receipt",
          "It was altered, or its receipt or the key is another one. Ask its keepers for the report anew, and keep this copy.",
        ],
      }[is];
      const list = element(
        "ul",
        "",
        checks.map(([name, [state, why]]) => {
          const item = element("li", element("strong", `${name}: ${SAYS[state]}`), [element("span", why)]);
          item.dataset.is = state;
          return item;
        }),
      );
      list.className = "checks";
      part("verdict").dataset.is = is;
      part("verdict").replaceChildren(element("h3", title), element("p", words), list);
    }
    if (!part("check") || !part("certificate")) return;
    part("go").addEventListener("click", check);
    part("check").hidden = false;
    check();
  }

  if (!NODE) return page();

  // Archives, and the walk through one (C2SP tlog-tiles; needs Node)

  const FULL = 256;
  const HASH = 32;
  /** The files of a folder, or of a tar archive without being unpacked. */
  function openPack(path) {
    const fs = require("fs");
    const files = new Map();
    const unusable = error => new Unusable(`${path} cannot be read: ${error.message}`);
    try {
      if (fs.statSync(path).isDirectory()) {
        const list = folder =>
          fs
            .readdirSync(`${path}/${folder}`, { withFileTypes: true })
            .flatMap(one => (one.isDirectory() ? list(`${folder}${one.name}/`) : [`${folder}${one.name}`]));
        return { names: list("").sort(), read: name => fs.readFileSync(`${path}/${name}`) };
      }
      const file = fs.openSync(path, "r");
      const end = fs.fstatSync(file).size;
      const header = Buffer.alloc(512);
      for (let at = 0; ;) {
        if (at + 512 > end) throw new Error(at ? "its end is missing" : "it is no tar archive");
        fs.readSync(file, header, 0, 512, at);
        if (header[0] === 0 && at) break;
        const field = (from, to) => header.toString("latin1", from, to).replace(/\0[^]*$/, "");
        if (field(257, 262) !== "ustar") throw new Error("it is no tar archive");
        const size = parseInt(field(124, 136), 8);
        if (at + 512 + size > end) throw new Error("its end is missing");
        files.set((field(345, 500) && `${field(345, 500)}/`) + field(0, 100), [at + 512, size]);
        at += 512 + Math.ceil(size / 512) * 512;
      }
      const load = name => {
        const [at, size] = files.get(name);
        const bytes = Buffer.alloc(size);
        fs.readSync(file, bytes, 0, size, at);
        return bytes;
      };
      return { names: [...files.keys()].sort(), read: load };
    } catch (error) {
      throw unusable(error);
    }
  }
  /** A file that has to be there. */
  function file(pack, name) {
    if (!pack.known) pack.known = new Set(pack.names);
    if (!pack.known.has(name)) throw new Unusable(`the pack has no ${name}: a part of it is missing`);
    return pack.read(name);
  }
  function tilePath(kind, index, width) {
    const digits = String(index);
    const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.../g);
    const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join("/");
    return `tile/${kind}/${path}${width < FULL ? `.p/${width}` : ""}`;
  }
  const hashed =
    NODE && crypt.hash
      ? bytes => crypt.hash("sha256", bytes, "buffer")
      : bytes => crypt.createHash("sha256").update(bytes).digest();
  /** The root over so many neighbouring hashes; an odd one at the end moves up as it is. */
  function rootOf(hashes) {
    const node = Buffer.alloc(1 + 2 * HASH, 1);
    let row = hashes;
    let count = hashes.length / HASH;
    while (count > 1) {
      const above = Buffer.alloc(Math.ceil(count / 2) * HASH);
      for (let at = 0; at + 1 < count; at += 2) {
        row.copy(node, 1, at * HASH, (at + 2) * HASH);
        hashed(node).copy(above, (at / 2) * HASH);
      }
      if (count % 2) row.copy(above, ((count - 1) / 2) * HASH, (count - 1) * HASH);
      row = above;
      count = Math.ceil(count / 2);
    }
    return row;
  }
  const ROTATED = '"kind":"key_rotated"';
  /** The hashes of the entries of a bundle: each stands behind its length in two bytes. */
  function leavesOf(bundle, name, width, rotated) {
    const lookedFor = bundle.includes(ROTATED);
    const hashes = Buffer.alloc(width * HASH);
    let at = 0;
    let count = 0;
    while (at + 2 <= bundle.length && count < width) {
      const end = at + 2 + bundle.readUInt16BE(at);
      must(end <= bundle.length, `${name} is cut, or the length of an entry in it was changed`);
      bundle[at + 1] = 0; // The byte in front of an entry becomes the 00 that its hash begins with.
      hashed(bundle.subarray(at + 1, end)).copy(hashes, count * HASH);
      const record = lookedFor ? bundle.subarray(at + 2, end) : null;
      if (record && record.includes(ROTATED)) rotated.push(JSON.parse(read(record)));
      at = end;
      count += 1;
    }
    must(
      at === bundle.length && count === width,
      `${name} does not hold the ${width} entries that its name says`,
    );
    return hashes;
  }
  /**
   * Hashes every entry again, holds every tile to them, and gives the root at each size asked for, and the entries that say
   * the key was changed.
   */
  function walk(pack, size, sizes) {
    const roots = new Map();
    const rotated = [];
    const levels = [];
    const note = leaves => {
      const parts = [leaves, ...levels.map(level => Buffer.concat(level))];
      return parts.reduce((below, level) => rootOf(Buffer.concat([level, below])), Buffer.alloc(0));
    };
    const tile = (level, index, hashes) => {
      const width = hashes.length / HASH;
      const name = tilePath(level, index, width);
      const told = file(pack, name);
      if (hashes.equals(told)) return;
      const at = [...Array(width).keys()].find(
        n => !hashes.subarray(n * HASH, (n + 1) * HASH).equals(told.subarray(n * HASH, (n + 1) * HASH)),
      );
      throw new Differs(
        level
          ? `${name} does not hold the hashes of the tiles below it`
          : `entry ${index * FULL + at} does not have the hash that ${name} says: one of the two was changed`,
      );
    };
    const push = (level, index, hashes) => {
      tile(level, index, hashes);
      if (!levels[level]) levels[level] = [];
      levels[level].push(rootOf(hashes));
      if (levels[level].length === FULL) {
        const whole = Buffer.concat(levels[level]);
        levels[level] = [];
        push(level + 1, Math.floor(index / FULL), whole);
      }
    };
    const wanted = [...new Set(sizes)].sort((one, other) => one - other);
    if (wanted[0] === 0) roots.set(0, hashed(Buffer.alloc(0)));
    for (let first = 0; first < size; first += FULL) {
      const width = Math.min(FULL, size - first);
      const name = tilePath("entries", first / FULL, width);
      const leaves = leavesOf(file(pack, name), name, width, rotated);
      for (const one of wanted.filter(one => one > first && one <= first + width))
        roots.set(one, note(leaves.subarray(0, (one - first) * HASH)));
      if (width === FULL) push(0, first / FULL, leaves);
      else tile(0, first / FULL, leaves);
    }
    levels.forEach((level, below) => {
      if (level.length) tile(below + 1, Math.floor(size / FULL ** (below + 2)), Buffer.concat(level));
    });
    return { roots, rotated: rotated.filter(entry => entry.kind === "key_rotated") };
  }

  // The command line (Node)

  async function checkPack(path, trust, given, tell) {
    const pack = openPack(path);
    const attempt = async (what, check) => {
      try {
        tell("fits", await check());
        return true;
      } catch (error) {
        if (!whatDiffers(error)) throw error;
        tell("DIFFERS", `${what}: ${whatDiffers(error)}`);
        return false;
      }
    };
    const policy = await readPolicy(trust || file(pack, "trust-policy"));
    const newest = readCheckpoint(file(pack, "checkpoint"));
    // How many entries there are to be says the checkpoint alone: nothing is read on the word of one not believed.
    if (
      !(await attempt(
        "checkpoint",
        async () => `checkpoint of ${newest.size} entries, ${await accepted(newest, policy)}`,
      ))
    )
      return false;
    const older = [
      ...pack.names
        .filter(name => name.startsWith("checkpoints/"))
        .map(name => [name, pack.read(name), true]),
      ...given.map(([name, bytes]) => [name, bytes, false]),
    ];
    const kept = older.map(([name, bytes, own]) => {
      try {
        return [name, readCheckpoint(bytes), own];
      } catch (error) {
        return [name, error, own];
      }
    });
    let roots = null;
    let rotated = [];
    const changes = [];
    let fits = await attempt("entries", async () => {
      const found = walk(pack, newest.size, [newest.size, ...kept.flatMap(([, one]) => one.size ?? [])]);
      must(
        same(found.roots.get(newest.size), newest.root),
        "the root over them is not the one that was signed",
      );
      const sizes = found.rotated.map(entry => entry.data.size).filter(size => !found.roots.has(size));
      if (sizes.length)
        for (const [size, root] of walk(pack, newest.size, sizes).roots) found.roots.set(size, root);
      ({ roots, rotated } = found);
      return `${newest.size} entries, hashed again: the tiles and the root of the checkpoint are theirs`;
    });
    for (const entry of rotated) {
      const proved = await attempt("key", async () => {
        changes.push(await keyChange(entry, roots, changes));
        await accepted(newest, inForce(policy, changes, newest.size));
        return `entry ${entry.seq}: the key was changed, signed by the old key and the new one`;
      });
      fits = proved && fits;
    }
    for (const [name, one, own] of kept)
      fits =
        (await attempt(name, async () => {
          if (one instanceof Error) throw one;
          const vouched = await accepted(one, inForce(policy, changes, one.size), own);
          must(
            one.size <= newest.size,
            `it is of ${one.size} entries, and the pack has ${newest.size}: entries were taken away`,
          );
          if (!roots) throw new Differs("it cannot be compared, because the entries do not fit");
          must(
            same(roots.get(one.size), one.root),
            `the first ${one.size} entries are not those that were signed: what was recorded before was changed, removed, added to or put in another order`,
          );
          return `${name} of ${one.size} entries, ${vouched}`;
        })) && fits;
    for (const name of pack.names.filter(name => /^reports\/.*\.json$/.test(name)))
      fits =
        (await attempt(name, async () => {
          const certificate = readCertificate(file(pack, name.replace(/json$/, "certificate")));
          const document = pack.read(name);
          for (const check of Object.values(CERTIFICATE)) await check(certificate, document);
          await accepted(certificate.receipt.checkpoint, policy);
          return `${name}: issued as ${certificate.number}, entry ${certificate.receipt.index}`;
        })) && fits;
    return fits;
  }
  async function checkOne(what, [first, second], trust, tell) {
    if (!trust) throw new Unusable("say with --trust whom to believe");
    const policy = await readPolicy(trust);
    if (what === "receipt") {
      const receipt = readReceipt(read(first));
      await checkReceipt(receipt, second);
      tell(
        "fits",
        `entry ${receipt.index} of ${receipt.checkpoint.size}, ${await accepted(receipt.checkpoint, policy)}`,
      );
      return;
    }
    // A file of a Document ends with a line feed that is not part of it.
    const document = first[first.length - 1] === 10 ? first.subarray(0, -1) : first;
    const certificate = readCertificate(second);
    for (const check of Object.values(CERTIFICATE)) tell("fits", await check(certificate, document));
    tell(
      "fits",
      `checkpoint of ${certificate.receipt.checkpoint.size} entries, ${await accepted(certificate.receipt.checkpoint, policy)}`,
    );
  }
  const USAGE = `Usage:
  node verify.js PACK [--trust POLICY] [--checkpoint FILE]...
  node verify.js receipt FILE RECORD --trust POLICY
  node verify.js report DOCUMENT CERTIFICATE --trust POLICY`;
  async function main(words) {
    const tell = (word, line) => console.log(`${word.padEnd(8)} ${line}`);
    const named = [];
    const given = [];
    const load = path => {
      try {
        return require("fs").readFileSync(path);
      } catch (error) {
        throw new Unusable(`${path} cannot be read: ${error.message}`);
      }
    };
    let trust = null;
    for (let at = 0; at < words.length; at += 1) {
      if (["--trust", "--checkpoint"].includes(words[at]) && at + 1 < words.length) {
        if (words[at] === "--trust") trust = load(words[at + 1]);
        else given.push([words[at + 1], load(words[at + 1])]);
        at += 1;
      } else if (words[at].startsWith("-")) throw new Unusable(USAGE);
      else named.push(words[at]);
    }
    const one = ["receipt", "report"].includes(named[0]);
    if (named.length !== (one ? 3 : 1)) throw new Unusable(USAGE);
    if (one) {
      await checkOne(named[0], named.slice(1).map(load), trust, tell);
      return 0;
    }
    if (!trust)
      tell(
        "note",
        "the public key is taken from the pack itself, so this shows only that the pack agrees with itself; --trust names the policy you hold",
      );
    const fits = await checkPack(named[0], trust, given, tell);
    console.log(
      fits
        ? "Everything fits. What no ledger proves is that an officer recorded everything, or told the truth."
        : "This is not what was signed. Keep it as it is, and ask whoever holds another copy.",
    );
    return fits ? 0 : 1;
  }
  if (NODE && require.main === module)
    main(process.argv.slice(2)).then(
      code => {
        process.exitCode = code;
      },
      error => {
        const why = whatDiffers(error);
        console.error(why ? `DIFFERS  ${why}` : `error    ${error.message}`);
        process.exitCode = why ? 1 : 2;
      },
    );
})();
