// Programs that everybody has, with the proxy between them: curl and a browser as clients, nginx and Node's server behind.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openPage } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { startNginx } from './nginx.mjs';

const METHODS = ['GET', 'POST', 'PUT', 'OPTIONS'];
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function startBefore(t, port) {
  const endpoints = METHODS.map((method) => ({ id: method, method, path_regex: '/.*' }));
  const definition = { id: 'a', name: 'A', version_data: { default: { endpoints } },
    proxy: { target_url: '127.0.0.1', port } };
  return startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify([definition]) });
}

async function startNode(t, handler) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

async function folderFor(t) {
  const folder = await mkdtemp(join(tmpdir(), 'rig-proxied-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function curl(...args) {
  const { stdout } = await promisify(execFile)('curl', ['-sS', '--max-time', '60', ...args], { encoding: 'buffer', maxBuffer: 1 << 26 });
  return stdout;
}

/** Answers with the sum of what came, and how it came. */
async function answerWithSum(request, response) {
  const hash = createHash('sha256');
  for await (const piece of request) hash.update(piece);
  response.end(`${request.method} ${request.headers['transfer-encoding'] ?? 'length'} ${hash.digest('hex')}`);
}

test('curl uploads a file with Expect, a stream in chunks, and a form', async (t) => {
  const gateway = await startBefore(t, await startNode(t, answerWithSum));
  const file = join(await folderFor(t), 'file');
  const content = randomBytes(3 << 20); // large enough for curl to ask for 100 Continue
  await writeFile(file, content);
  const body = ['--data-binary', `@${file}`, '-H', 'expect: 100-continue'];
  assert.equal(`${await curl(`${gateway.inbound}/x`, ...body)}`, `POST length ${sum(content)}`);
  const chunks = ['-T', file, '-H', 'transfer-encoding: chunked'];
  assert.equal(`${await curl(`${gateway.inbound}/x`, ...chunks)}`, `PUT chunked ${sum(content)}`);
  assert.match(`${await curl(`${gateway.inbound}/x`, '-F', `upload=@${file}`)}`, /^POST length /);
  await gateway.stop();
});

test('curl gets what nginx serves: files, ranges, heads, compressed and unchanged', async (t) => {
  const content = randomBytes(5 << 20);
  const text = 'the same line\n'.repeat(10_000);
  const gateway = await startBefore(t, await startNginx(t, { content, 'text.txt': text },
    'gzip on; gzip_http_version 1.1; gzip_proxied any; gzip_types text/plain; types { text/plain txt; }'));
  const at = (name) => `${gateway.inbound}/${name}`;
  assert.equal(sum(await curl(at('content'))), sum(content));
  assert.equal(sum(await curl('-r', '1000-1999', at('content'))), sum(content.subarray(1000, 2000)));
  assert.match(`${await curl('-I', at('content'))}`, new RegExp(`^HTTP/1.1 200 [^]*content-length: ${content.length}\\r`, 'i'));
  const packed = await curl('-H', 'accept-encoding: gzip', at('text.txt'));
  assert.equal(packed.readUInt16BE(0), 0x1f8b); // as nginx packed it
  assert.equal(`${await curl('--compressed', at('text.txt'))}`, text);

  const folder = await folderFor(t);
  const [tags, again] = [join(folder, 'tags'), join(folder, 'again')];
  await curl('--etag-save', tags, '-o', again, at('text.txt'));
  assert.notEqual(`${await readFile(tags)}`.trim(), '');
  assert.equal(`${await curl('--etag-compare', tags, '-w', '%{http_code}', at('text.txt'))}`, '304');
  assert.equal(`${await curl('-o', again, '-w', '%{http_code}', at('missing'))}`, '404');
  await gateway.stop();
});

test('a page asks before it uploads, and the answers are those of the backend', async (t) => {
  const asked = [];
  const port = await startNode(t, async (request, response) => {
    asked.push(request.method);
    response.setHeader('access-control-allow-origin', request.headers.origin);
    if (request.method !== 'OPTIONS') return answerWithSum(request, response);
    response.setHeader('access-control-allow-methods', request.headers['access-control-request-method']);
    response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers']);
    response.writeHead(204).end();
  });
  const gateway = await startBefore(t, port);
  const { page, problems, close } = await openPage(t, 'upload.html', gateway.inbound);
  const buffer = randomBytes(2 << 20);
  await page.getByLabel('File').setInputFiles({ name: 'photo.bin', mimeType: 'application/octet-stream', buffer });
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('#answer').getByText(`200 PUT length ${sum(buffer)}`, { exact: true }).waitFor();
  assert.deepEqual(asked, ['OPTIONS', 'PUT']);
  assert.deepEqual(problems(), []);
  await close();
  await gateway.stop();
});
