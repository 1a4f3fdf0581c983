import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';

// A state in the address: JSON, deflated, in the letters that an address may have. It may be anybody's, so that it is small
// when it is read, and whoever opens it checks what it says.

/** The longest text that is read, and the most that it may unfold to. */
const MOST_TEXT = 16_000;
const MOST_BYTES = 256 * 1024;

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

/** A state as text for an address. */
export const freeze = (state: unknown): string =>
  toBase64Url(deflateSync(strToU8(JSON.stringify(state)), { level: 9 }));

/** The state that an address holds; undefined where it is none. */
export function thaw(text: string): unknown {
  if (text.length > MOST_TEXT) return undefined;
  try {
    // Into a buffer of a fixed size: what would unfold to more is refused.
    return JSON.parse(strFromU8(inflateSync(fromBase64Url(text), { out: new Uint8Array(MOST_BYTES) })));
  } catch {
    return undefined;
  }
}

/** The frozen state of a thing in the address, `#broadcasting=…`. */
export function frozenIn(hash: string, name: string): unknown {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get(name);
  return text === null ? undefined : thaw(text);
}

/** The address of this page with the state of a thing in it. */
export function frozenLink(address: string, name: string, state: unknown): string {
  const url = new URL(address);
  url.hash = new URLSearchParams({ [name]: freeze(state) }).toString();
  return url.href;
}
