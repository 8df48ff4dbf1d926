// A genome file dropped anywhere in the window: it is sent, and its preview opens on the page of genomes.
// Several are sent one after the other. A folder, or a file that is no genome, gets a reason instead.
(() => {
  "use strict";

  const REASONS = [
    [/\.(bam|cram|sam)$/i, "These are raw reads of a sequencer. Genoteca reads what was called from them: ask the laboratory for the VCF."],
    [/\.(fastq|fq)(\.gz)?$/i, "These are raw reads of a sequencer. Genoteca reads what was called from them: ask the laboratory for the VCF."],
    [/\.(bai|crai|tbi|csi|idx|md5|sha256)$/i, "This is an index or a checksum beside a genome file. Drop the file itself."],
    [/\.(bed|gff3?|gtf)(\.gz)?$/i, "This lists places of the genome, and not what a person carries there."],
    [/\.(pdf|docx?|odt|rtf|html?|pages)$/i, "This is a report for reading. The genome itself is a file of the same laboratory, often named .vcf.gz or, of a DNA test, .txt or .zip."],
    [/\.(jpe?g|png|gif|webp|heic|svg|tiff?|mp4|mov|mp3|wav)$/i, "This is a picture, a film or a sound, and no genome."],
    [/\.(exe|dmg|msi|app|deb|rpm|iso)$/i, "This is a program, and no genome."],
  ];
  const ANOTHER = "Genoteca reads VCF, gVCF and BCF files, and the raw data of DNA tests.";
  const layer = () => document.querySelector(".drop-anywhere");
  const part = (name) => layer().querySelector(`.${name}`);
  const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

  let queue = [], taken = [], refused = [], request = null;

  const show = (state) => { if (layer()) layer().dataset.state = state; };
  const idle = () => show(request ? "sending" : refused.length ? "refused" : "");
  const readable = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

  const reasonFor = (name, size, folder) => {
    if (folder) return "This is a folder. Open it, and drop the genome file that lies in it.";
    if (!size) return "This file is empty.";
    const known = REASONS.find(([ending]) => ending.test(name));
    return known ? `${known[1]} ${ANOTHER}` : "";
  };

  function take(transfer) {
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const folders = new Set(items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile()?.name ?? item.webkitGetAsEntry().name));
    for (const file of transfer.files) {
      const reason = reasonFor(file.name, file.size, folders.has(file.name));
      if (reason) refused.push([file.name, reason]); else queue.push(file);
    }
    if (!items.length && !transfer.files.length) refused.push(["", "What was dropped is no file of this computer: save it first, then drop the file."]);
    if (!request) next();
  }

  function next() {
    const file = queue.shift();
    if (!file) return done();
    request = new XMLHttpRequest();
    show("sending");
    const bar = part("sending").querySelector(".track > div"), words = part("words"), of = queue.length ? `, ${queue.length} more after it` : "";
    words.textContent = `${file.name}${of}`;
    bar.style.width = "0%";
    request.open("PUT", "/api/uploads");
    request.setRequestHeader("x-file-name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => {
      bar.style.width = `${event.total ? (100 * event.loaded) / event.total : 0}%`;
      words.textContent = `${file.name}: ${readable(event.loaded)} of ${readable(event.total)}${of}`;
    };
    const over = (reason) => { request = null; if (reason) refused.push([file.name, reason]); next(); };
    request.onload = () => {
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* the guard answers in plain text */ }
      if (request.status === 200) { taken.push(told.handle); over(""); }
      else over(told.message || request.responseText || `The app answered ${request.status}.`);
    };
    request.onerror = () => over("The connection to the app was lost.");
    request.onabort = () => { queue = []; over(""); };
    request.send(file);
  }

  function done() {
    if (refused.length) return tell();
    show("");
    leave();
  }

  // What is being looked at on the page of genomes comes first; what was just sent follows it.
  function leave() {
    if (!taken.length) return;
    const waiting = location.pathname === "/genomes" ? (new URLSearchParams(location.search).get("take") ?? "").split(",").filter(Boolean) : [];
    const all = [...new Set([...waiting, ...taken])];
    taken = [];
    location.assign(`/genomes?take=${all.join(",")}`);
  }

  function tell() {
    const list = part("reasons");
    list.replaceChildren(...refused.map(([name, reason]) => {
      const line = document.createElement("div"), title = document.createElement("div"), text = document.createElement("div");
      title.className = "strong";
      title.textContent = name;
      text.textContent = reason;
      line.append(title, text);
      return line;
    }));
    show("refused");
    layer().querySelector(".close").focus();
  }

  function close() {
    refused = [];
    show("");
    leave();
  }

  // Before the zone of a page sees it: one place takes what is dropped, wherever it falls.
  const heard = (event, act) => {
    if (!layer() || !isFile(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  };
  for (const name of ["dragenter", "dragover"]) window.addEventListener(name, (event) => heard(event, () => {
    event.dataTransfer.dropEffect = "copy";
    if (!request && layer().dataset.state !== "refused") show("over");
  }), true);
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget && layer()) idle();
  }, true);
  window.addEventListener("drop", (event) => heard(event, () => { refused = []; idle(); take(event.dataTransfer); }), true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".drop-anywhere .close")) close();
    if (event.target.closest?.(".drop-anywhere .stop")) request?.abort();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !layer()) return;
    if (layer().dataset.state === "refused") close();
    else if (request) request.abort();
  });
})();
