import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { studioApp } from '../../../server/app.ts';
import { listen } from '../../../server/listen.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = `${root}dist/web`;

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the built Studio is served. */
    studio: string;
    /** The same without isolation from other origins: one thread. */
    studioOfOneThread: string;
  }
}

/** Builds the Studio once, as `npm start` does, and serves it. */
export async function setup(project: TestProject): Promise<() => void> {
  // While one works on the tests, what was built last may do.
  if (process.env.STUDIO_BUILT !== '1')
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: `${root}../..`, stdio: 'inherit' });
  const texts = {
    list: async () => ['quijote'],
    read: async (name: string) => (name === 'quijote' ? 'En un lugar de la Mancha. '.repeat(2000) : null),
  };
  const servers = await Promise.all(
    [true, false].map((isolated) => listen(studioApp({ pages, texts, isolated }), 0)),
  );
  const [studio, single] = servers.map(({ port }) => `http://127.0.0.1:${port}`);
  project.provide('studio', studio as string);
  project.provide('studioOfOneThread', single as string);
  return () => {
    for (const server of servers) server.close();
  };
}
