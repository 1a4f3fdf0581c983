import { HubError } from '../../hub/hubError.ts';

const MOST_REDIRECTS = 10;

export interface FollowOptions {
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of the first address alone. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Whether to stop at an answer that leads to another origin, and give it back. */
  readonly staysHome?: boolean;
}

/**
 * `fetch` that follows redirects by itself, since a hub says in its own answers, before it leads to a CDN, what a file is, and
 * since a token is not for the CDN. An address once secure stays so.
 */
export async function fetchFollowing(url: string, options: FollowOptions): Promise<Response> {
  const home = new URL(url).origin;
  let place = new URL(url);
  for (let count = 0; count <= MOST_REDIRECTS; count++) {
    const withToken = options.token !== undefined && place.origin === home;
    const response = await fetch(place, {
      method: options.method,
      headers: { ...options.headers, ...(withToken && { authorization: `Bearer ${options.token}` }) },
      signal: options.signal,
      redirect: 'manual',
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    if (!URL.canParse(location, place.href)) throw refused(place, 'leads to what is no address');
    const next = new URL(location, place.href);
    if (options.staysHome && next.origin !== home) return response;
    await response.body?.cancel();
    if (next.protocol !== 'https:' && next.protocol !== place.protocol) {
      throw refused(place, `leads to ${next.protocol}//${next.host}, which is not secure`);
    }
    place = next;
  }
  throw refused(place, `leads on more than ${MOST_REDIRECTS} times`);
}

const refused = ({ host }: URL, what: string): HubError =>
  new HubError('hub.status', `hub: ${host} ${what}.`, { host });
