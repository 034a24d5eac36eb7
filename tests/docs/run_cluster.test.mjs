// Starts `tools/run --cluster 3` on free ports and does what it says, command by command.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { quietPort, withDeadline } from '../clients/gateway.mjs';
import { root, start } from './page.mjs';

const OFFSETS = [1, 2, 3, 11, 12, 13, 222];

/** A port whose neighbours that the cluster takes are free too. */
async function freePorts() {
  for (let port = await quietPort(); ; port = await quietPort({ above: port })) {
    const found = await Promise.all(OFFSETS.map((offset) => quietPort({ above: port + offset - 1 })));
    if (found.every((one, i) => one === port + OFFSETS[i])) return port;
  }
}

/** The commands that it says, in order, once it has said all; and what it says later. */
async function runCluster(t, ...args) {
  const child = spawn(join(root, 'tools/run'), ['--cluster', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGTERM'));
  let said = '';
  let check = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said += bytes;
      check();
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  const says = (text) => withDeadline(`it says "${text}"`, new Promise((resolve, reject) => {
    check = () => said.includes(text) && resolve();
    check();
    ended.then(() => reject(new Error(`it ended without "${text}":\n${said}`)));
  }));
  await says('Ctrl-C ends all of it.');
  return {
    commands: [...said.matchAll(/^ {4}(\S.*)$/gm)].map(([, code]) => ({ language: 'sh', code })),
    folder: /the process of each: (\S+)/.exec(said)[1],
    says,
    async stop() {
      child.kill('SIGINT');
      assert.equal(await withDeadline('all of it ends', ended), 0, said);
    },
  };
}

test('tools/run --cluster does what it says', { timeout: 170_000 }, async (t) => {
  const cluster = await runCluster(t, '3', '--port', await freePorts(), '--program', process.env.RIG_PROGRAM);
  const [open, publish, kill, publishMore, comeBack, openSession, cutOff, upgrade, ...more] = cluster.commands;
  assert.deepEqual(more, []);

  const stream = start(t, open);
  await stream.shows(/event: rig.subscriptions_set/);
  await start(t, publish).result();
  await stream.shows(/^data: .*"id":"1".*"hello"/m);
  await start(t, kill).result();
  await stream.result();
  await start(t, publishMore).result();
  await start(t, comeBack).shows(/^data: .*"while you were away"/m);

  const session = start(t, openSession);
  await session.shows(/event: rig.subscriptions_set/);
  await start(t, cutOff).result();
  assert.match(await session.result(), /event: rig.session_killed/);
  assert.match(await start(t, openSession).result(), /^HTTP\/1.1 401 /);

  await start(t, upgrade).result();
  await cluster.says('node1 is back');
  await cluster.stop();
  assert.ok(!existsSync(cluster.folder));
});
