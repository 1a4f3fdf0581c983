import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { lessons } from './apps/studio/build/lessons/plugin.ts';

/** Where a Chromium usually lives. Browsers are never downloaded: the one of the system is used, or none. */
const chromiumPlaces = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const tests = 'packages/lumbre/test/**/*.test.ts';
const nodeTests = 'packages/lumbre/test/**/*.node.test.ts';
/** The benchmarks' own tests, which measure nothing. */
const benchTests = 'bench/test/**/*.test.ts';
/** The Studio: what can be tried without a browser, and the whole of it in one. */
const studioTests = 'apps/studio/test/**/*.test.ts';
const studioLessons = fileURLToPath(new URL('apps/studio/lessons', import.meta.url));
/** What trains or compiles, and every cell and exercise of every lesson: for the long suites. */
const studioTakesLong = [
  'apps/studio/test/{exhibits,labs}/**/*.test.ts',
  'apps/studio/test/lessons/{cells,exercises}.test.ts',
  'apps/studio/test/editor/types.test.ts',
];
const studioPageTests = 'apps/studio/test/pages/**/*.test.ts';
const longTests = 'packages/lumbre/test/**/*.long.test.ts';

/** Tests run against the sources, through the `lumbre-source` condition of the package's exports: no build comes first. */
const fromSource = (platform: 'node' | 'browser') => {
  const conditions = ['lumbre-source', 'module', platform, 'development|production'];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: ['lumbre-source', 'node'] } },
  };
};

const setupFiles = ['packages/lumbre/test/setup.ts'];
/** Everything that a file computes on the native device is computed again in machine code. */
const nativeSetup = 'packages/lumbre/test/nativeSetup.ts';

/**
 * What takes long, and is run by `--mode native` anyway: there everything is computed in WebAssembly first, as here, and then
 * in machine code.
 */
const nativeRunsThem = [
  'packages/lumbre/test/codegen/{attention,dot}.test.ts',
  'packages/lumbre/test/models/music/pianoRollGan.node.test.ts',
  'packages/lumbre/test/nn/{transformer,recurrent}.test.ts',
  'packages/lumbre/test/ops/matrix.test.ts',
  'packages/lumbre/test/render/c.node.test.ts',
  'packages/lumbre/test/schedule/networks.test.ts',
  'packages/lumbre/test/tensor/{scan,writing}.test.ts',
  'packages/lumbre/test/transformers/{causal,finetuning}.test.ts',
  'packages/lumbre/test/transformers/generation/parity.test.ts',
];

/** What machine code need not repeat: it has no kernels of its own, or those of what is repeated. */
const notForNative = [
  'packages/lumbre/test/{cli,hub,node,recipes,runtime,serve,tokenizers}/**',
  'packages/lumbre/test/transformers/!(causal|finetuning).test.ts',
  'packages/lumbre/test/transformers/generation/!(parity).test.ts',
  'packages/lumbre/test/transformers/{encoders,endpoint,pipelines}/**',
];

/** What a browser need not repeat: it would compute the same in the same WebAssembly, and take its time to. */
const nodeIsEnough = [
  'packages/lumbre/test/codegen/{attention,dot}.test.ts',
  'packages/lumbre/test/models/{classical,music,text}/**',
  'packages/lumbre/test/nn/{transformer,recurrent,losses,lookup,summary,init,vectorQuantizer}.test.ts',
  'packages/lumbre/test/ops/matrix.test.ts',
  'packages/lumbre/test/optim/{optimizers,training}.test.ts',
  'packages/lumbre/test/recipes/**',
  'packages/lumbre/test/render/random.test.ts',
  'packages/lumbre/test/tensor/{fft,scan,writing}.test.ts',
  'packages/lumbre/test/tokenizers/**',
  'packages/lumbre/test/transformers/{causal,finetuning,lora}.test.ts',
  'packages/lumbre/test/transformers/{encoders,endpoint,generation,pipelines}/**',
];

/** Milliseconds. Generous, since a shared machine has slow phases; no test is meant to come near. */
const testTimeout = 30_000;

const node: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  test: {
    name: 'node',
    environment: 'node',
    include: [tests, benchTests],
    exclude: [longTests, ...nativeRunsThem],
    setupFiles,
    testTimeout,
  },
};

/** Lessons, exercises, graders and whatever else of the Studio runs in Node. */
const studio: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  plugins: [lessons(studioLessons)],
  test: {
    name: 'studio',
    environment: 'node',
    include: [studioTests],
    exclude: [studioPageTests, ...studioTakesLong],
    setupFiles,
    testTimeout,
  },
};

/**
 * All of Node's tests again, in worker threads, and afterwards in machine code. It compiles thousands of kernels, which
 * takes minutes the first time.
 */
const native: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  test: {
    name: 'native',
    environment: 'node',
    pool: 'threads',
    include: [tests],
    exclude: [longTests, ...notForNative],
    setupFiles: [...setupFiles, nativeSetup],
    testTimeout: 2 * testTimeout,
    hookTimeout: 20 * 60_000,
  },
};

const long: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  test: { name: 'long', environment: 'node', include: [longTests], setupFiles, testTimeout: 20 * 60_000 },
};

const studioLong: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  plugins: [lessons(studioLessons)],
  test: {
    name: 'studio-long',
    environment: 'node',
    include: studioTakesLong,
    setupFiles,
    testTimeout: 4 * testTimeout,
  },
};

/** The built Studio in a browser: it is built first, which takes its time. */
const pages: TestProjectInlineConfiguration = {
  ...fromSource('node'),
  plugins: [lessons(studioLessons)],
  test: {
    name: 'pages',
    environment: 'node',
    include: [studioPageTests],
    globalSetup: ['apps/studio/test/pages/support/serve.ts'],
    testTimeout: 2 * testTimeout,
    hookTimeout: 10 * testTimeout,
    // One browser after the other: there are few cores.
    fileParallelism: false,
  },
};

/** What stands on the tensor: in a browser it is tried by the long suites, since it asks nothing of a browser by itself. */
const builtOnTensors =
  'packages/lumbre/test/{data,distributions,hub,metrics,models,nn,ops,optim,text,train,transformers}/**/*.test.ts';

/** Chromium, with the tests of some rooms: those that meet the browser, or those that stand on them. */
const chromium = (
  executablePath: string,
  { include, exclude = [] }: { include: string; exclude?: string[] },
): TestProjectInlineConfiguration => ({
  ...fromSource('browser'),
  // Shared memory, and with it threads, needs a cross-origin isolated page.
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  optimizeDeps: {
    include: [
      '@huggingface/jinja',
      '@tonejs/midi',
      'arquero',
      'fast-check',
      'fflate',
      'hyparquet',
      'oniguruma-parser',
      'oniguruma-parser/generator',
      'oniguruma-to-es',
    ],
  },
  test: {
    name: 'browser',
    include: [include],
    exclude: [nodeTests, longTests, ...nodeIsEnough, ...exclude],
    setupFiles,
    testTimeout,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: chromiumArguments } }),
      // The instance's name is the project's: `--project chromium`.
      instances: [{ browser: 'chromium', name: 'chromium' }],
    },
  },
});

const executablePath = chromiumPlaces.find((place) => place !== undefined && existsSync(place));

/** The long suites, and the Studio's pages where there is a Chromium. */
function longProjects(): TestProjectInlineConfiguration[] {
  if (executablePath !== undefined)
    return [long, studioLong, chromium(executablePath, { include: builtOnTensors }), pages];
  console.warn("Chromium not found: the Studio's pages passed over; CI runs them");
  return [long, studioLong];
}

/** The projects of an ordinary run: Node, and Chromium where there is one. */
function ordinaryProjects(): TestProjectInlineConfiguration[] {
  if (executablePath !== undefined)
    return [node, studio, chromium(executablePath, { include: tests, exclude: [builtOnTensors] })];
  console.warn('Chromium not found: browser tests passed over; CI runs them');
  return [node, studio];
}

// `--mode long` runs the long suites and nothing else, `--mode native` everything in machine code; CI asks for a report to
// count from.
export default defineConfig(({ mode }) => ({
  test: {
    projects: mode === 'long' ? longProjects() : mode === 'native' ? [native] : ordinaryProjects(),
    passWithNoTests: mode === 'long',
    reporters: process.env.LUMBRE_TEST_REPORT ? ['default', 'json'] : ['default'],
    ...(process.env.LUMBRE_TEST_REPORT && { outputFile: { json: process.env.LUMBRE_TEST_REPORT } }),
  },
}));
