// Starts the real gateway for a test of another people's client, and ends it in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const PATIENCE_MS = 30_000; // only a failing test ever waits for so long
const unspeakable = new Set();

/** From now on a gateway that has this text in its log fails its test when it ends. */
export function keepOutOfLogs(text) {
  unspeakable.add(text);
}

/** A package of tests/package.json. */
export async function needed(name) {
  try {
    return await import(name);
  } catch (problem) {
    throw new Error(`the package ${name} is missing: "tools/install test" installs it`, { cause: problem });
  }
}

/** The gateway, ready; `t` is the test that it is for, and that it does not outlive. */
export async function startGateway(t, settings = {}) {
  const program = process.env.RIG_PROGRAM;
  if (!program) throw new Error('RIG_PROGRAM must name the gateway to test; ctest sets it');
  const child = spawn(program, [], {
    env: {
      ...sanitizerOptions(),
      INBOUND_PORT: '0',
      API_HTTP_PORT: '0',
      LOG_FMT: 'json',
      RIG_SHARDS: '2',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const closed = once(child, 'close');
  const lines = [];
  const watchers = new Set();
  let output = '';
  let errors = '';
  child.stderr.on('data', (bytes) => (errors += bytes));
  child.stdout.on('data', (bytes) => (output += bytes));
  createInterface(child.stdout).on('line', (line) => {
    lines.push(JSON.parse(line));
    for (const look of [...watchers]) look();
  });

  /** The fields of all lines of the log so far with this message and these fields. */
  const logged = (message, fields = {}) => lines
    .filter((line) => line.message === message)
    .map(({ metadata }) => metadata)
    .filter((all) => Object.entries(fields).every(([name, value]) => all[name] === value));
  const logs = (message, fields = {}, count = 1) => {
    let look;
    const came = new Promise((resolve, reject) => {
      look = () => {
        const found = logged(message, fields);
        if (found.length >= count) resolve(found);
      };
      watchers.add(look);
      look();
      closed.then(([code]) => reject(new Error(`the gateway ended with ${code}: ${errors}`)));
    });
    return withDeadline(`"${message}" is in the log`, came).finally(() => watchers.delete(look));
  };
  const end = async (signal) => {
    child.kill(signal);
    const [code] = await withDeadline('the gateway ends', closed);
    for (const text of unspeakable) {
      if ((output + errors).includes(text)) throw new Error(`the log has a secret: ${text}`);
    }
    return code;
  };

  await logs('ready');
  const port = (door) => logged('listening', { door })[0].port;
  return {
    inbound: `http://127.0.0.1:${port('inbound')}`,
    api: `http://127.0.0.1:${port('api')}`,
    logged,
    /** Waits until there are so many of them. */
    logs,
    /** As a crash does it. */
    kill: () => end('SIGKILL'),
    async stop() {
      const code = await end('SIGTERM');
      if (code !== 0) throw new Error(`the gateway ended with ${code}: ${errors}`);
      if (/Sanitizer|runtime error:/.test(errors)) throw new Error(errors);
    },
  };
}

export async function withDeadline(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`in vain waited until ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function streamUrl(gateway, ...types) {
  const subscriptions = JSON.stringify(types.map((eventType) => ({ eventType })));
  return `${gateway.inbound}/_rig/v1/connection/sse?subscriptions=${encodeURIComponent(subscriptions)}`;
}

export function socketUrl(gateway, ...types) {
  return streamUrl(gateway, ...types).replace(/^http/, 'ws').replace('/sse?', '/ws?');
}

/** Publishes an event whose data is the number, to all who subscribed to `type`. */
export async function publish(gateway, type, number) {
  const event = { specversion: '1.0', type, source: '/node', id: `${number}`, data: number };
  const reply = await fetch(`${gateway.inbound}/_rig/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
  if (reply.status !== 202) throw new Error(`publishing was answered with ${reply.status}`);
}

/** The samples of a metric: their labels, and `value`. */
export async function samples(gateway, name) {
  const page = await (await fetch(`${gateway.api}/metrics`)).text();
  return [...page.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))].map(([, labels = '', value]) => ({
    ...Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
    value: Number(value),
  }));
}

/** A port that nobody listens on, and that the system gives to nobody: a gateway can come back to it. */
export async function quietPort({ above = 0 } = {}) {
  for (let port = Math.max(above + 1, 20_000 + (process.pid % 10_000)); port < 32_000; port++) {
    const listener = createServer();
    const isFree = await new Promise((resolve) => {
      listener.once('error', () => resolve(false));
      listener.listen(port, () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => listener.close(resolve));
    return port;
  }
  throw new Error('no port is free');
}

function sanitizerOptions() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^([ALT]|UB)SAN_|^PATH$/.test(name)));
}
