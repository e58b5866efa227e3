"use strict";
// The report's program: filters with their state in the address, the list of cases, and a case with its sequence chart.
// It asks no network for anything; what it shows was packed into this file and is inflated when it is opened.
// Every text goes into the page as text (textContent), never as markup.
(() => {
const byId = (id) => document.getElementById(id);
const about = JSON.parse(byId("about").textContent);
const SIGNS = about.signs;
const RANKS = ["fail", "error", "inconclusive", "observed", "pass", "not_applicable"]; // in this order cases are listed
const PAGE_OF_CASES = 200;
const ROWS = 400;

function make(tag, attributes, ...children) {
  const one = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (value === true) one.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) one.setAttribute(name, value);
  }
  one.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return one;
}

// -- packed data ------------------------------------------------------------------------------------------------------

const inflated = new Map();
function unpack(name) {
  if (!inflated.has(name)) inflated.set(name, inflate(byId(name).textContent.trim()));
  return inflated.get(name);
}
function escapedByte(letter) {
  return "\\\\x" + (letter.charCodeAt(0) - 256).toString(16).padStart(2, "0");
}
async function inflate(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const told = await new Response(stream).text();
  return JSON.parse(told[0] === "~" ? told.slice(1).replace(/[\u0100-\u01ff]/g, escapedByte) : told);
}

// -- the address ------------------------------------------------------------------------------------------------------

function address() {
  const [chapter, query] = location.hash.replace(/^#/, "").split("?");
  return { chapter, query: new URLSearchParams(query || "") };
}
function link(chapter, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  const text = query.toString().replaceAll("+", "%20");
  return "#" + chapter + (text ? "?" + text : "");
}
function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
}
function fill(form, query) {
  for (const one of form.elements) if (one.name) one.value = query.get(one.name) || "";
}
const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
const has = (hay, needles) => needles.every((one) => hay.includes(one));

// -- requirements -----------------------------------------------------------------------------------------------------

const requirementForm = document.querySelector("form[data-for=requirements]");
const requirementRows = [...document.querySelectorAll("table.requirements tbody")].map((body) => ({
  body,
  rows: [...body.querySelectorAll("tr[id]")].map((row) => ({
    row,
    hay: (row.textContent + " " + row.dataset.commands).toLowerCase(),
    commands: row.dataset.commands.toLowerCase().split(" "),
    id: row.id.slice(2).toLowerCase(),
  })),
}));
function filterRequirements() {
  const wanted = valuesOf(requirementForm);
  const needles = words(wanted.q);
  let matched = 0;
  let all = 0;
  for (const { body, rows } of requirementRows) {
    let here = 0;
    for (const one of rows) {
      const fits = (!wanted.area || body.dataset.area === wanted.area)
        && (!wanted.outcome || one.row.dataset.outcome === wanted.outcome)
        && (!wanted.obligation || one.row.dataset.obligation === wanted.obligation)
        && needles.every((word) => one.hay.includes(word) || one.commands.includes(word));
      one.row.hidden = !fits;
      here += fits;
    }
    body.hidden = !here;
    matched += here;
    all += rows.length;
  }
  requirementForm.querySelector("output").textContent = `${matched} of ${all}`;
}

// -- cases ------------------------------------------------------------------------------------------------------------

const caseForm = document.querySelector("form[data-for=cases]");
let index = [];
let matches = [];
let shown = 0;
const ready = unpack("index").then((told) => {
  index = told.map((row, place) => {
    const one = { place };
    about.columns.forEach((name, at) => { one[name] = row[at]; });
    one.rank = RANKS.indexOf(one.verdict);
    one.hay = [one.id, one.title, one.first].join(" ").toLowerCase();
    return one;
  }).sort((a, b) => a.rank - b.rank || a.place - b.place);
});
function filterCases() {
  const wanted = valuesOf(caseForm);
  const needles = words(wanted.q);
  const requirement = wanted.req.toUpperCase();
  matches = index.filter((one) => (!wanted.verdict || one.verdict === wanted.verdict)
    && (!wanted.area || one.area === wanted.area)
    && (!wanted.rig || one.rig === wanted.rig)
    && (!requirement || one.requirements.some((id) => id.startsWith(requirement)))
    && has(one.hay, needles));
  caseForm.querySelector("output").textContent = `${matches.length.toLocaleString("en")} of ${index.length.toLocaleString("en")}`;
  shown = 0;
  byId("case-list").replaceChildren();
  showMore();
}
function showMore() {
  const next = matches.slice(shown, shown + PAGE_OF_CASES);
  byId("case-list").append(...next.map(caseRow));
  shown += next.length;
  byId("more").hidden = shown >= matches.length;
}
function verdictMark(verdict) {
  return make("span", { class: "verdict v-" + verdict }, make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[verdict] || "–"), " " + verdict.replace("_", " "));
}
function caseRow(one) {
  return make("li", {},
    verdictMark(one.verdict),
    make("a", { href: link("case", { id: one.id, rig: one.rig }) }, one.title),
    make("small", {}, [one.requirements.join(", "), about.several ? one.rig : "", one.first].filter(Boolean).join(" · ")));
}

// -- a case -----------------------------------------------------------------------------------------------------------

const EVENT = /^\s*(\d+\.\d+) (\S+)\s+([>*]) ([^]*)$/;
function parse(line, number) {
  const found = EVENT.exec(line);
  if (!found) return { number, line, at: null, source: "", kind: "*", target: "", text: line };
  const [, at, source, kind, rest] = found;
  if (kind === "*") return { number, line, at: Number(at), source, kind, target: "", text: rest };
  const target = rest.split(" ", 1)[0];
  return { number, line, at: Number(at), source, kind, target, text: rest.slice(Math.max(target.length, 9) + 1) };
}
const ESCAPES = { r: 13, n: 10, t: 9, 0: 0, "\\": 92, '"': 34, a: 7, b: 8, f: 12, v: 11, e: 27 };
function bytesOf(text) {
  const out = [];
  for (let i = 0; i < text.length; i++) {
    const found = text[i] === "\\" ? /^\\(?:x([0-9a-f]{2})|(.))/i.exec(text.slice(i, i + 4)) : null;
    if (found && found[1]) { out.push(parseInt(found[1], 16)); i += 3; }
    else if (found && found[2] in ESCAPES) { out.push(ESCAPES[found[2]]); i += 1; }
    else if (text.charCodeAt(i) < 128) out.push(text.charCodeAt(i));
    else out.push(...new TextEncoder().encode(text[i]));
  }
  return out;
}
const CRC = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let k = 0; k < 8; k++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});
function crc32(bytes) {
  let value = 0xffffffff;
  for (const one of bytes) value = CRC[(value ^ one) & 255] ^ (value >>> 8);
  return ((value ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
const hex = (bytes) => bytes.map((one) => one.toString(16).padStart(2, "0")).join(" ");
function folded(text, most) {
  if (text.length <= most) return text;
  const bytes = bytesOf(text);
  const end = Math.floor(most / 4);
  return `${text.slice(0, most - end)} … ${text.slice(-end)} (${bytes.length} bytes, crc32 ${crc32(bytes)})`;
}

// The line of a case's end: the last line of the transcript that its message quotes; else the last that says the words
// that came; else none.
function deviating(one, lines) {
  if (one.verdict !== "fail" && one.verdict !== "error") return -1;
  const quoted = one.message.split("\n").map((text) => text.trim()).filter((text) => EVENT.test(text));
  for (let i = quoted.length - 1; i >= 0; i--) {
    const place = lines.findLastIndex((line) => line.trim() === quoted[i]);
    if (place < 0) continue;
    for (let at = place; at >= 0; at--) if (/^\s*\S+ module\s+> /.test(lines[at])) return at;
    return place;
  }
  return -1;
}

const LOSS = /reset|RST|FIN|close|closed|refused|lost|failed|silent|vanish|timeout/i;
const isLoss = (one) => one.kind === "*" && !one.text.startsWith("case ") && LOSS.test(one.text);
const LANE = 210;
const STEP = 34;
const LEFT = 96;
function lanesOf(events) {
  const found = [];
  for (const one of events) for (const name of [one.source, one.target]) if (name && !found.includes(name)) found.push(name);
  const peers = found.filter((name) => name !== "module" && name !== "host");
  return ["host", "module", ...peers].filter((name) => found.includes(name));
}
function chart(events, mark, asHex) {
  const lanes = lanesOf(events);
  const x = (name) => LEFT + lanes.indexOf(name) * LANE + LANE / 2;
  const notes = Math.max(0, ...events.filter((one) => one.kind === "*").map((one) => lanes.indexOf(one.source) * LANE + Math.min(one.text.length, 130) * 6.8));
  const right = LEFT + Math.max(lanes.length * LANE, notes + LANE / 2) + 20;
  const height = events.length * STEP + 20;
  const heads = make("svg:svg", { class: "chart heads", viewBox: `0 0 ${right} 32`, width: right, height: 32, "aria-hidden": "true" });
  const svg = make("svg:svg", { class: "chart", viewBox: `0 0 ${right} ${height}`, width: right, height, role: "img", "aria-label": `${events.length} events between ${lanes.join(", ")}; the same stands below as text` });
  for (const name of lanes) {
    svg.append(make("svg:line", { class: "lane", x1: x(name), x2: x(name), y1: 0, y2: height }));
    heads.append(make("svg:rect", { class: "name", x: x(name) - 56, y: 4, width: 112, height: 24, rx: 4 }),
      make("svg:text", { class: "lanename", x: x(name), y: 21, "text-anchor": "middle" }, name));
  }
  let former = null;
  let y = 0;
  for (const one of events) {
    y += STEP;
    svg.append(drawEvent(one, x, y, one.number === mark, asHex, right, former));
    if (one.at !== null) former = one.at;
  }
  return [heads, svg];
}
function time(at) { return at === null ? "" : at.toFixed(6); }
function gapText(at, former) {
  if (at === null || former === null) return "";
  const gap = at - former;
  return gap >= 1 ? `+${gap.toFixed(2)} s` : `+${(gap * 1000).toFixed(1)} ms`;
}
function drawEvent(one, x, y, marked, asHex, right, former) {
  const group = make("svg:g", { class: "event" + (marked ? " deviating" : "") + (isLoss(one) ? " loss" : "") });
  if (marked) group.append(make("svg:rect", { class: "band", x: 0, y: y - 22, width: right, height: STEP - 2 }));
  const gap = gapText(one.at, former);
  const long = one.at !== null && former !== null && one.at - former >= 0.2;
  group.append(make("svg:text", { class: "at", x: 4, y: y + 4 }, time(one.at)), make("svg:text", { class: long ? "gap long" : "gap", x: 4, y: y - 9 }, gap));
  if (one.kind === ">") {
    const from = x(one.source);
    const to = x(one.target);
    const back = to < from ? 1 : -1;
    const fit = Math.max(22, Math.floor((Math.abs(to - from) - 12) / 6.6));
    const shownText = asHex ? hex(bytesOf(one.text)) : one.text;
    const label = folded(shownText, Math.max(fit, 34));
    const text = make("svg:text", { class: "bytes", x: Math.min(from, to) + 8, y: y - 6 }, label);
    text.append(make("svg:title", {}, one.text));
    group.append(make("svg:line", { class: "arrow", x1: from, x2: to, y1: y, y2: y }),
      make("svg:path", { class: "tip", d: `M ${to} ${y} l ${8 * back} -4 v 8 z` }), text);
  } else {
    const at = one.source ? x(one.source) : LEFT;
    const sign = isLoss(one) ? "✕" : "●";
    group.append(make("svg:text", { class: "dot", x: at, y: y + 4, "text-anchor": "middle" }, sign),
      make("svg:text", { class: "note", x: at + 10, y: y + 4 }, folded(one.text, 90)));
  }
  return group;
}

function asText(events, mark, asHex) {
  const list = make("ol", { class: "lines" });
  for (const one of events) {
    const text = asHex && one.kind === ">" ? one.line.slice(0, one.line.length - one.text.length) + hex(bytesOf(one.text)) : one.line;
    list.append(make("li", { class: one.number === mark ? "deviating" : "" }, one.number === mark ? make("b", {}, "here ") : "", text));
  }
  return list;
}

function transcriptView(lines, mark, name) {
  const events = lines.map(parse);
  const state = { from: 0, to: Math.min(events.length, ROWS), hex: false, text: window.innerWidth < 700 };
  if (mark >= ROWS / 2) { state.from = Math.max(0, mark - ROWS / 2); state.to = Math.min(events.length, mark + ROWS / 2); }
  const place = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name });
  const copyButton = make("button", { type: "button", class: "copy", onclick: () => copy(lines.join("\n") + "\n", copyButton) }, "copy as text");
  const hexButton = make("button", { type: "button", "aria-pressed": "false", onclick: () => { state.hex = !state.hex; draw(); } }, "hex");
  const textButton = make("button", { type: "button", "aria-pressed": "false", onclick: () => { state.text = !state.text; draw(); } }, "lines");
  const jump = mark >= 0 && make("button", { type: "button", onclick: () => intoView() }, "to the deviating line");
  const more = make("p", { class: "more" });
  function draw() {
    const part = events.slice(state.from, state.to);
    place.replaceChildren(...(state.text ? [asText(part, mark, state.hex)] : chart(part, mark, state.hex)));
    hexButton.setAttribute("aria-pressed", state.hex);
    textButton.setAttribute("aria-pressed", state.text);
    const left = events.length - (state.to - state.from);
    more.replaceChildren(...(left ? [`events ${state.from + 1} to ${state.to} of ${events.length} `,
      state.from > 0 && make("button", { type: "button", onclick: () => { state.from = Math.max(0, state.from - ROWS); draw(); } }, "earlier"),
      state.to < events.length && make("button", { type: "button", onclick: () => { state.to = Math.min(events.length, state.to + ROWS); draw(); } }, "later")].filter(Boolean) : []));
  }
  function intoView() {
    const target = place.querySelector(".deviating");
    if (target) {
      const box = target.getBoundingClientRect();
      place.scrollTop += box.top - place.getBoundingClientRect().top - place.clientHeight / 2;
    }
  }
  draw();
  requestAnimationFrame(intoView);
  return make("section", { class: "transcript" }, make("h3", {}, name),
    make("p", { class: "tools" }, textButton, hexButton, copyButton, jump), more, place);
}

async function copy(text, button) {
  const label = button.firstChild.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.firstChild.textContent = "copied";
  setTimeout(() => { button.firstChild.textContent = label; }, 1500);
}

let opened = 0;
async function openCase(query) {
  const mine = ++opened;
  await ready;
  const found = index.find((one) => one.id === query.get("id") && (!query.get("rig") || one.rig === query.get("rig")));
  const place = byId("case");
  place.hidden = false;
  if (!found) {
    place.replaceChildren(make("h2", {}, "There is no such case in this run"), make("p", {}, query.get("id") || ""));
    place.scrollIntoView();
    return;
  }
  const more = (await unpack(found.chunk))[found.at];
  if (mine !== opened) return;
  const one = { ...found, ...more };
  place.replaceChildren(...caseParts(one));
  place.querySelector("h2").focus({ preventScroll: true });
  place.scrollIntoView();
}
function pairs(list) {
  return make("dl", { class: "facts" }, list.filter(([, value]) => value).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}
function requirementLinks(ids) {
  return ids.flatMap((id, at) => [at ? ", " : "", make("a", { href: link("requirements", { q: id }) }, id)]);
}
function caseParts(one) {
  const command = about.command.replace("{id}", quoted(one.id));
  const copyButton = make("button", { type: "button", class: "copy", onclick: () => copy(command, copyButton) }, "copy");
  return [
    make("p", { class: "back" }, make("a", { href: "#cases", onclick: back }, "← back to the list")),
    make("h2", { tabindex: -1 }, verdictMark(one.verdict), " ", one.title),
    pairs([["case", one.id], ["rig", one.rig], ["requirements", requirementLinks(one.requirements)],
      ["broken", one.broken.length && requirementLinks(one.broken)], ["masked", one.masked.length && [...requirementLinks(one.masked), one.masked_by ? ` by ${one.masked_by}` : ""]],
      ["blame", one.blame], ["begun", one.started.slice(0, 23).replace("T", " ") + " UTC"], ["took", one.duration.toFixed(3) + " s"],
      ["attempts", one.attempts > 1 && String(one.attempts)], ["transcript SHA-256", one.sha256]]),
    make("p", { class: "run" }, make("span", {}, "run just this: "), make("code", {}, command), " ", copyButton),
    one.message && make("pre", { class: "message", tabindex: 0, role: "region", "aria-label": "message" }, withoutTranscript(one.message)),
    one.observations.length && make("ul", { class: "observations" }, one.observations.map((told) => make("li", {}, `${told.requirement} ${told.what}: `, make("code", {}, told.value)))),
    one.recoveries.length && make("ul", {}, one.recoveries.map((told) => make("li", {}, `recovery ${told.rung}: ${told.helped ? "helped" : "in vain"}, ${told.seconds.toFixed(1)} s`))),
    transcriptView(one.transcript, deviating(one, one.transcript), "Transcript"),
    ...one.earlier.map((told, at) => make("details", {}, make("summary", {}, `attempt ${at + 1}: ${told.verdict}${told.blame ? ", " + told.blame : ""}`),
      make("pre", { class: "message" }, told.message), told.transcript && make("pre", { class: "message" }, told.transcript.join("\n")))),
  ].filter(Boolean);
}
// The message without the end of the transcript that it quotes: the whole of it stands below.
function withoutTranscript(message) {
  const lines = message.split("\n");
  const begin = lines.findIndex((line) => /^transcript \(/.test(line));
  if (begin < 0) return message;
  let end = begin + 1;
  while (end < lines.length && (EVENT.test(lines[end]) || !lines[end].trim())) end++;
  return [...lines.slice(0, begin), ...lines.slice(end)].join("\n").trimEnd();
}
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\"'\"'") + "'";
}
let came = false;
function back(event) {
  if (came) { event.preventDefault(); history.back(); }
}

// -- what the reader does ---------------------------------------------------------------------------------------------

const forms = { requirements: [requirementForm, filterRequirements], cases: [caseForm, filterCases] };
for (const [chapter, [form, filter]] of Object.entries(forms)) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    history.replaceState(null, "", link(chapter, valuesOf(form)));
    filter();
  });
}
byId("more").addEventListener("click", showMore);
for (const one of document.querySelectorAll("button[data-copy]")) one.addEventListener("click", () => copy(one.dataset.copy, one));

async function route() {
  const { chapter, query } = address();
  if (chapter !== "case") { byId("case").hidden = true; byId("case").replaceChildren(); opened++; }
  if (chapter === "case") { document.documentElement.classList.add("reading"); await openCase(query); return; }
  document.documentElement.classList.remove("reading");
  if (!(chapter in forms)) return;
  const [form, filter] = forms[chapter];
  fill(form, query);
  if (chapter === "cases") await ready;
  filter();
  byId(chapter).scrollIntoView();
}
window.addEventListener("hashchange", () => { came = true; route(); });
filterRequirements();
ready.then(() => {
  if (address().chapter !== "cases") filterCases();
  document.documentElement.dataset.ready = "yes";
});
route();
})();
