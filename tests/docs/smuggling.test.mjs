// The table of services/rig/docs/smuggling.md is that of the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { knownTests, readPage, root } from './page.mjs';
import { join } from 'node:path';

const { text } = readPage('smuggling.md');
const code = readFileSync(join(root, 'tests/blackbox/proxy_smuggling_test.cpp'), 'utf8');

test('each row of the table is a row of the test, with the same answers', () => {
  const inPage = [...text.matchAll(/^\| .* \| `(\w+)` \| (.*) \| (.*) \|$/gm)].map(([, ...row]) => row);
  const inCode = [...code.matchAll(/^ *\{"(\w+)",\s*"(.*?)",\s*"(.*?)",/gm)].map(([, ...row]) => row);
  assert.ok(inCode.length > 50);
  assert.deepEqual(inPage, inCode);
});

test('each test that the page names exists', () => {
  const isKnown = knownTests();
  const names = [...text.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name);
  assert.ok(names.length > 3);
  for (const name of names) assert.ok(isKnown(name), `there is no test "${name}"`);
});
