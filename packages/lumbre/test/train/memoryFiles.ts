import type { RunFiles } from '../../src/train/index.ts';

/** Files in memory. */
export class MemoryFiles implements RunFiles {
  readonly contents = new Map<string, Uint8Array>();

  /** The texts of all files. */
  get texts(): Map<string, string> {
    return new Map([...this.contents].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
  }

  async read(name: string): Promise<Uint8Array | null> {
    return this.contents.get(name) ?? null;
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.contents.set(
      name,
      typeof content === 'string' ? new TextEncoder().encode(content) : content.slice(),
    );
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    const before = this.contents.get(name) ?? new Uint8Array(0);
    const more = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const joined = new Uint8Array(before.length + more.length);
    joined.set(before);
    joined.set(more, before.length);
    this.contents.set(name, joined);
  }
}
