// What a page has and Node lacks, for code of the documentation that is meant for a page: the clients of npm by the
// browser's names, and cookies that come and go by themselves.
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';

const cookies = new Map();
const bareFetch = globalThis.fetch;

async function fetchWithCookies(url, { credentials = 'same-origin', headers = {}, ...options } = {}) {
  if (credentials !== 'include') return bareFetch(url, { headers, ...options });
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const reply = await bareFetch(url, { headers: { ...headers, cookie }, ...options });
  for (const line of reply.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    cookies.set(name, value);
  }
  return reply;
}

Object.assign(globalThis, { EventSource, WebSocket, fetch: fetchWithCookies });
