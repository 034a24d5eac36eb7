// The blocks of code of a page of the documentation, run as they stand (but for the ports).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withDeadline } from '../clients/gateway.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
export const root = join(here, '../..');

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

function* filesBelow(folder, ...endings) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !['node_modules', 'corpus'].includes(entry.name)) yield* filesBelow(path, ...endings);
    else if (endings.some((ending) => path.endsWith(ending))) yield path;
  }
}

const found = (path, pattern) => [...readFileSync(join(root, path), 'utf8').matchAll(pattern)];
const literally = (text) => text.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&');

/** Of a title that may have `${…}` in it. */
const asPattern = (title) => new RegExp(`^${title.split(/\$\{.*?\}/).map(literally).join('.+')}$`);

/** Whether there is a test of that name: of GoogleTest, of Node's runner, or a fuzz target. */
export function knownTests() {
  const names = new Set();
  for (const folder of ['modules', 'tests']) {
    for (const path of filesBelow(folder, '_test.cpp')) {
      const tests = found(path, /^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/gm);
      for (const [, suite, name] of tests) names.add(`${suite}.${name}`);
    }
  }
  for (const [, name] of found('tests/fuzz/CMakeLists.txt', /^rig_add_fuzz\((\w+)/gm)) names.add(`Fuzz.${name}`);
  const titles = [];
  for (const path of filesBelow('tests/clients', '.test.mjs')) {
    for (const [, , title] of found(path, /^ *test\((['`"])(.*?)\1,/gm)) titles.push(asPattern(title));
  }
  return (name) => names.has(name) || titles.some((title) => title.test(name));
}

/** Checks that the last column of each row names tests that there are; how many rows the table has. */
export function expectRowsTested(table) {
  const isKnown = knownTests();
  assert.ok(!isKnown('Sessions.NoSuchTest') && !isKnown('no such test'));
  const rows = table.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  for (const row of rows) {
    const tests = row.split(' | ').at(-1);
    const names = [...tests.matchAll(/`(.*?)`/g)].map(([, name]) => name);
    assert.notEqual(names.length, 0, row);
    for (const name of names) assert.ok(isKnown(name), `there is no test "${name}"`);
  }
  return rows.length;
}
