// Debian's nginx as a backend: one process that reads and writes nothing but a folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietPort, withDeadline } from './gateway.mjs';

const PROGRAM = process.env.RIG_NGINX ?? '/usr/sbin/nginx';

async function listens(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Serves `files` ({ name: content }) until the test `t` is over; returns its port. */
export async function startNginx(t, files, server = '') {
  const folder = await mkdtemp(join(tmpdir(), 'rig-nginx-'));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(folder, 'root'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, 'root', name), content);
  const port = await quietPort();
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(join(folder, 'nginx.conf'), `
    daemon off; master_process off; error_log stderr; pid ${folder}/pid;
    events {}
    http {
      access_log off;
      ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      server { listen 127.0.0.1:${port}; root ${folder}/root; ${server} }
    }`);
  const child = spawn(PROGRAM, ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (bytes) => (errors += bytes));
  const failed = new Promise((resolve, reject) => {
    child.once('error', (problem) => reject(new Error('nginx is missing: "tools/install test" installs it', { cause: problem })));
    child.once('exit', (code) => reject(new Error(`nginx ended with ${code}: ${errors}`)));
  });
  failed.catch(() => {}); // it may end when the test is over
  t.after(() => child.kill('SIGKILL'));
  const ready = (async () => {
    while (!(await listens(port))); // each try takes its turn of the event loop
  })();
  await withDeadline('nginx listens', Promise.race([ready, failed]));
  return port;
}
