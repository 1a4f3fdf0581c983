import { HubError } from './hubError.ts';

/** Hugging Face's own rule: letters, digits, `_`, `-` and `.`, with at most one slash. */
const pattern = /^(?:[\w.-]{1,96}\/)?[\w.-]{1,96}$/;

/** Whether the hub could have a model of this name. */
export const isModelName = (name: string): boolean =>
  pattern.test(name) &&
  !/--|\.\./.test(name) &&
  !name.endsWith('.git') &&
  name.split('/').every((part) => !/^[-.]|[-.]$/.test(part));

/** @throws HubError `hub.badName` */
export function checkModelName(name: string): void {
  if (isModelName(name)) return;
  throw new HubError(
    'hub.badName',
    `hub: ${JSON.stringify(name.slice(0, 200))} is neither a folder that is there nor a model's name. Names look like ` +
      "'gpt2' or 'HuggingFaceTB/SmolLM-135M'; folders begin with './' or '/'.",
    { name: name.slice(0, 200) },
  );
}

/** A branch (`refs/pr/1`), a tag or a hash; it becomes part of addresses and of paths. */
const revisionPattern = /^[\w.+@-]{1,200}(?:\/[\w.+@-]{1,200}){0,8}$/;

/** @throws HubError `hub.badName` */
export function checkRevision(revision: string): void {
  const parts = revision.split('/');
  if (revisionPattern.test(revision) && !parts.includes('..') && !parts.includes('.')) return;
  throw new HubError(
    'hub.badName',
    `hub: ${JSON.stringify(revision.slice(0, 200))} is no revision; expected a branch such as 'main', a tag, or the hash of a ` +
      'commit.',
    { name: revision.slice(0, 200) },
  );
}

/** What an address stands for: a model of a hub, or a folder of files on any server. */
export type Address =
  | { readonly kind: 'model'; readonly endpoint: string; readonly name: string; readonly revision?: string }
  | { readonly kind: 'folder'; readonly url: string };

export const isAddress = (source: string): boolean => /^https?:\/\//i.test(source);

/** Hosts whose pages are models: an address copied from the browser's bar is one. */
const hubHosts = ['huggingface.co', 'www.huggingface.co', 'hf.co'];

/**
 * Understands an address: `https://huggingface.co/org/name`, also with `/tree/revision`, and for any other host a folder.
 * @throws HubError `hub.badName` when it is none
 */
export function parseAddress(source: string, endpoint: string): Address {
  let url: URL;
  try {
    url = new URL(source);
  } catch (error) {
    throw new HubError(
      'hub.badName',
      `hub: ${JSON.stringify(source.slice(0, 200))} is no address.`,
      { name: source.slice(0, 200) },
      { cause: error },
    );
  }
  if (url.username || url.password) {
    throw new HubError(
      'hub.badName',
      'hub: an address with a password in it is refused; give a token instead.',
    );
  }
  const home = new URL(endpoint);
  const isHub = url.host === home.host || hubHosts.includes(url.host);
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  if (isHub && parts[0] !== 'datasets' && parts[0] !== 'spaces') {
    const tree = parts.indexOf('tree');
    const name = parts.slice(0, tree < 0 ? undefined : tree).join('/');
    const revision = tree < 0 ? '' : parts.slice(tree + 1).join('/');
    checkModelName(name);
    return {
      kind: 'model',
      endpoint: url.host === home.host ? endpoint : 'https://huggingface.co',
      name,
      ...(revision !== '' && { revision }),
    };
  }
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { kind: 'folder', url: url.href };
}
