// Runs every block of code of services/rig/docs/clients.md as it stands (but for the ports) against the gateway, and
// checks that it shows what the text says.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { publish, startGateway, withDeadline } from '../clients/gateway.mjs';
import { startLink } from '../clients/link.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const page = readFileSync(join(here, '../../services/rig/docs/clients.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
const tested = new Set();

/** The only block that has all of these texts in it. */
function block(...texts) {
  const found = blocks.filter(({ code }) => texts.every((text) => code.includes(text)));
  assert.equal(found.length, 1, `blocks with ${texts}`);
  tested.add(found[0]);
  return found[0];
}

/** A folder in which the packages of tests/package.json are found. */
function workshop(t) {
  const folder = mkdtempSync(join(tmpdir(), 'clients-md-'));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(here, '../node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Starts a block; `gateway` has the addresses that its code is to use. */
function start(t, { language, code }, gateway, { asBrowser = false, before = '', env = {}, cwd = workshop(t) } = {}) {
  const withPorts = code
    .replaceAll('localhost:4000', new URL(gateway.inbound).host)
    .replaceAll('localhost:4010', new URL(gateway.api).host);
  const file = join(cwd, `block.${language === 'js' ? 'mjs' : 'sh'}`);
  writeFileSync(file, before + withPorts);
  const preload = ['--import', pathToFileURL(join(here, 'as_browser.mjs')).href];
  const [program, args] =
    language === 'js' ? [process.execPath, [...(asBrowser ? preload : []), file]] : ['bash', ['-eu', file]];
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env }, detached: true });
  t.after(() => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  });
  let output = '';
  let problems = '';
  let check = () => {};
  child.stdout.on('data', (bytes) => {
    output += bytes;
    check();
  });
  child.stderr.on('data', (bytes) => (problems += bytes));
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    /** Waits until the output matches, and returns the match. */
    shows: (pattern) => withDeadline(`${pattern} is shown by\n${withPorts}`, new Promise((resolve, reject) => {
      check = () => {
        const match = pattern.exec(output);
        if (match) resolve(match);
      };
      check();
      ended.then(() => reject(new Error(`it ended without ${pattern}:\n${output}\n${problems}`)));
    })),
    /** Waits for its end, and returns what it printed. */
    async result() {
      assert.equal(await withDeadline('the block ends', ended), 0, problems);
      return output;
    },
  };
}

/** A gateway for one test, stopped in order at its end. */
const withGateway = (run, settings = {}) => async (t) => {
  const gateway = await startGateway(t, settings);
  await run(t, gateway);
  await gateway.stop();
};

const publishBlock = () => block('/v3/messages');
const streamByCurl = () => blocks.find(({ code }) => code.startsWith('curl -N') && !code.includes('$id'));

/** The block shows what is published once it has subscribed, by the command on the same page. */
const showsTheEvent = (code, options) => withGateway(async (t, gateway) => {
  const client = start(t, code, gateway, options);
  await client.shows(/^subscribed.*$/m);
  const answer = await start(t, publishBlock(), gateway).result();
  assert.equal(JSON.parse(answer).type, 'order.changed');
  await client.shows(/^7$/m);
});

test('event stream, browser', showsTheEvent(block('EventSource(`', 'ask the backend'), { asBrowser: true }));
test('event stream, Node', showsTheEvent(block("from 'eventsource'")));
test('WebSocket, browser', showsTheEvent(block('function connect'), { asBrowser: true }));
test('WebSocket, Node', showsTheEvent(block('function connect'), { before: "import { WebSocket } from 'ws';\n" }));
test('WebSocket, subscribing in-band', withGateway(async (t, gateway) => {
  const client = start(t, block("from 'ws'"), gateway);
  await client.shows(/^subscribed to 1$/m);
  await publish(gateway, 'order.changed', 7);
  await client.shows(/^7$/m);
}));
test('long polling, browser', showsTheEvent(block('for (;;)'), { asBrowser: true }));

test('event stream, curl, and again behind an id', withGateway(async (t, gateway) => {
  tested.add(streamByCurl());
  const client = start(t, streamByCurl(), gateway);
  await client.shows(/^event: rig\.subscriptions_set$/m);
  await publish(gateway, 'order.changed', 1);
  const [, id] = await client.shows(/^event: order\.changed\ndata: .*"id":"1".*\nid: (\S+)$/m);
  await publish(gateway, 'order.changed', 2);
  const second = start(t, block('curl -N', '$id'), gateway, { env: { id } });
  const [shown] = await second.shows(/^event: order\.changed\n[^]*?"data":2/m);
  assert.doesNotMatch(shown, /"data":1/);
}));

test('long polling, curl', withGateway(async (t, gateway) => {
  const cwd = workshop(t);
  const again = () => start(t, block('-c cookies'), gateway, { cwd }).result();
  assert.equal(await again(), '"ok"');
  const { events: greeting } = JSON.parse(await again());
  assert.deepEqual(greeting.map(({ type }) => type), ['rig.connection.create', 'rig.subscriptions_set']);
  assert.equal(greeting[1].data[0].eventType, 'order.changed');
  await publish(gateway, 'order.changed', 7);
  const { events } = JSON.parse(await again());
  assert.deepEqual(events.map(({ data }) => data), [7]);
}));

for (const [what, code, options] of [
  ['an event stream', block('EventSource(`', 'ask the backend'), { asBrowser: true }],
  ['a WebSocket', block('function connect'), { asBrowser: true }],
  ['a WebSocket of Node', block('function connect'), { before: "import { WebSocket } from 'ws';\n" }],
  ['a client that polls', block('for (;;)'), { asBrowser: true }],
]) {
  test(`${what} misses nothing when the connection is cut`, withGateway(async (t, gateway) => {
    const link = await startLink(t, gateway);
    const client = start(t, code, { ...gateway, inbound: link.inbound }, options);
    await client.shows(/^subscribed$/m);
    await publish(gateway, 'order.changed', 1);
    await client.shows(/^1$/m);
    link.cut();
    for (const number of [2, 3, 4]) await publish(gateway, 'order.changed', number);
    link.mend();
    await client.shows(/^1$[^]*^2$[^]*^3$[^]*^4$/m);
    const [all] = await client.shows(/[^]*/);
    assert.doesNotMatch(all, /ask the backend/);
    assert.equal(all.match(/^\d$/gm).length, 4, all);
  }, { RIG_RETRY: '100ms' }));
}

test('a client that polls goes on when its session is over', withGateway(async (t, gateway) => {
  const cwd = workshop(t);
  const again = () => start(t, block('-c cookies'), gateway, { cwd }).result();
  assert.equal(await again(), '"ok"');
  await again();
  await publish(gateway, 'order.changed', 1);
  await again();
  const sessions = async () => /rig_connections\{transport="longpolling"\} (\d+)/.exec(
    await (await fetch(`${gateway.api}/metrics`)).text())[1];
  while ((await sessions()) !== '0') await new Promise((resolve) => setTimeout(resolve, 50));
  await publish(gateway, 'order.changed', 2);
  assert.equal(await again(), '"ok"');
  const events = [];
  while (events.at(-1)?.data !== 2) events.push(...JSON.parse(await again()).events);
  assert.deepEqual(events.map(({ type }) => type).filter((type) => !type.startsWith('rig.')), ['order.changed']);
  assert.ok(events.every(({ type }) => type !== 'rig.gap'));
}, { RIG_LONGPOLLING_IDLE_TIMEOUT: '1s' }));

test('subscriptions are changed by fetch', withGateway(async (t, gateway) => {
  const client = start(t, block('/subscriptions`'), gateway, { asBrowser: true });
  await client.shows(/^subscribed to 1$/m);
  await publish(gateway, 'order.changed', 7);
  await client.shows(/^7$/m);
}));

test('subscriptions are changed and told by curl', withGateway(async (t, gateway) => {
  const stream = start(t, streamByCurl(), gateway);
  const [, token] = await stream.shows(/"connection_token":"([^"]+)"/);
  const told = () => start(t, block('curl localhost', '$token'), gateway, { env: { token } }).result();
  const expected = { subscriptions: [{ eventType: 'order.changed', oneOf: [] }] };
  assert.deepEqual(JSON.parse(await told()), expected);
  const put = await start(t, block('-X PUT', '$token'), gateway, { env: { token } }).result();
  assert.match(put, /^HTTP\/1\.1 204 /);
  await stream.shows(/rig\.subscriptions_set[^]*rig\.subscriptions_set/);
  assert.deepEqual(JSON.parse(await told()), expected);
}));

test('every block of the page is tested', () => {
  for (const { language, code } of blocks) {
    assert.match(language, /^(js|sh)$/, code);
  }
  assert.deepEqual(blocks.filter((one) => !tested.has(one)), []);
});
