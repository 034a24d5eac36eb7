// Keys, tokens by the npm package `jose`, and tokens that `jose` refuses to make.
import { createHmac, createSecretKey, generateKeyPairSync, randomBytes, sign as signBytes } from 'node:crypto';
import { keepOutOfLogs, needed } from './gateway.mjs';

const jose = await needed('jose');

export const ALGORITHMS = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA',
];
export const PUBLIC_KEY_ALGORITHMS = ALGORITHMS.filter((algorithm) => !algorithm.startsWith('HS'));

export const now = () => Math.floor(Date.now() / 1000);
export const inAnHour = () => now() + 3600;

const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const made = new Map();

/**
 * A key pair for an algorithm; the same for the same name. `setting` is what JWT_SECRET_KEY takes. RSA keys are for
 * all algorithms of RSA, as making one takes long.
 */
export function keyPair(algorithm, name = 'ours') {
  const isRsa = /^[RP]S/.test(algorithm);
  const place = `${isRsa ? 'RSA' : algorithm} ${name}`;
  if (!made.has(place)) made.set(place, makeKeyPair(algorithm, isRsa));
  return made.get(place);
}

function makeKeyPair(algorithm, isRsa) {
  if (algorithm.startsWith('HS')) {
    const setting = randomBytes(48).toString('hex');
    keepOutOfLogs(setting);
    return { privateKey: createSecretKey(Buffer.from(setting)), setting };
  }
  const [kind, options] = isRsa
    ? ['rsa', { modulusLength: 2048 }]
    : algorithm === 'EdDSA' ? ['ed25519', {}] : ['ec', { namedCurve: curves[algorithm] }];
  const { publicKey, privateKey } = generateKeyPairSync(kind, options);
  return { publicKey, privateKey, setting: publicKey.export({ type: 'spki', format: 'pem' }) };
}

/** The public key as a member of a JWKS. */
export const jwk = ({ publicKey }, more = {}) => ({ ...publicKey.export({ format: 'jwk' }), use: 'sig', ...more });

/** No gateway may log the token: what it claims, and what makes it valid. */
function secret(token) {
  for (const segment of token.split('.').slice(1)) {
    if (segment.length >= 16) keepOutOfLogs(segment);
  }
  return token;
}

/** A token as other programs make it. It ends in an hour, unless the claims say something else. */
export const tokenOf = async (algorithm, { privateKey }, claims = {}, header = {}) => secret(
  await new jose.SignJWT({ exp: inAnHour(), jti: randomBytes(9).toString('hex'), ...claims })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...header })
    .sign(privateKey));

/** Without a signature, as `jose` makes it. */
export const unsecuredToken = (claims) => secret(new jose.UnsecuredJWT({ exp: inAnHour(), ...claims }).encode());

const base64url = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const digest = (algorithm) => `sha${algorithm.slice(2)}`;

/** What an attacker sends: header and claims are any JSON, or text that stays as it is. */
export function forged(header, claims, signed = () => '') {
  const content = `${base64url(header)}.${base64url(claims)}`;
  return secret(`${content}.${Buffer.from(signed(content)).toString('base64url')}`);
}

export const byHmac = (algorithm, key) => (content) =>
  createHmac(digest(algorithm), key).update(content).digest();

export const byRsa = (algorithm, { privateKey }) => (content) =>
  signBytes(digest(algorithm), Buffer.from(content), privateKey);
