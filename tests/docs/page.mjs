// The blocks of code of a page of the documentation, run as they stand (but for the ports).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withDeadline } from '../clients/gateway.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

/** A page of services/rig/docs: its text, and its blocks that have a language. */
export function readPage(name) {
  const text = readFileSync(join(here, '../../services/rig/docs', name), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({ language, code }));
  const tested = new Set();
  const use = (block) => {
    tested.add(block);
    return block;
  };
  return {
    text,
    blocks,
    use,
    /** The only block that has all of these texts in it. */
    block(...texts) {
      const found = blocks.filter(({ code }) => texts.every((one) => code.includes(one)));
      assert.equal(found.length, 1, `blocks with ${texts}`);
      return use(found[0]);
    },
    expectAllTested() {
      for (const { language, code } of blocks) assert.match(language, /^(js|sh)$/, code);
      assert.deepEqual(blocks.filter((one) => !tested.has(one)), []);
    },
  };
}

/** A folder in which the packages of tests/package.json are found. */
export function workshop(t) {
  const folder = mkdtempSync(join(tmpdir(), 'rig-docs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(here, '../node_modules'), join(folder, 'node_modules'));
  return folder;
}

const USUAL = { inbound: 'http://localhost:4000', api: 'http://localhost:4010' };

/** Starts a block; `gateway` has the addresses that its code is to use. */
export function start(t, { language, code }, gateway = USUAL, options = {}) {
  const { asBrowser = false, before = '', env = {}, cwd = workshop(t) } = options;
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

