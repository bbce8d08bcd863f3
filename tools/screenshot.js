// A picture of a page: node --experimental-websocket screenshot.js URL PICTURE WIDTH HEIGHT SECONDS [JAVASCRIPT]
// Waits SECONDS until the page shows what it is to show, runs JAVASCRIPT in it, and takes the picture with headless Chromium.
const {spawn} = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const [url, picture, width, height, seconds, javascript] = process.argv.slice(2);
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'screenshot-'));
const chromium = spawn('chromium', [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--use-gl=swiftshader', '--remote-debugging-port=0',
  `--window-size=${width},${Number(height) + 200}`, `--user-data-dir=${profile}`, url,
], {stdio: 'ignore'});
const sleep = milliseconds => new Promise(done => setTimeout(done, milliseconds));
const get = address => new Promise((done, fail) => http.get(address, answer => {
  let text = '';
  answer.on('data', part => text += part);
  answer.on('end', () => done(JSON.parse(text)));
}).on('error', fail));

async function main() {
  let page;
  for (let tries = 0; tries < 200 && !page; tries++) {
    await sleep(100);
    try {
      const port = fs.readFileSync(path.join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0];
      page = (await get(`http://127.0.0.1:${port}/json`)).find(one => one.type === 'page');
    } catch {}
  }
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await new Promise(done => socket.onopen = done);
  let last = 0;
  const send = (method, params) => new Promise(done => {
    const id = ++last;
    socket.addEventListener('message', message => {
      const answer = JSON.parse(message.data);
      if (answer.id === id) done(answer.result);
    });
    socket.send(JSON.stringify({id, method, params}));
  });
  await sleep(seconds * 1000);
  if (javascript) {
    await send('Runtime.evaluate', {expression: javascript, awaitPromise: true});
    await sleep(2000);
  }
  const clip = {x: 0, y: 0, width: Number(width), height: Number(height), scale: 1};
  const shot = await send('Page.captureScreenshot', {format: 'png', clip});
  fs.writeFileSync(picture, Buffer.from(shot.data, 'base64'));
}

main().finally(() => {
  chromium.on('exit', () => { fs.rmSync(profile, {recursive: true, force: true}); process.exit(); });
  chromium.kill();
});
