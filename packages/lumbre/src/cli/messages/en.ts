import { besideReal } from './besideReal.ts';
import { dataEn } from './dataEn.ts';
import type { Messages } from './es.ts';
import { finetuneEn } from './finetuneEn.ts';
import { hubEn } from './hubEn.ts';
import { tokenizerEn } from './tokenizerEn.ts';

/** Everything that the command line says, in English. */
export const en: Messages = {
  ...dataEn,
  ...finetuneEn,
  ...hubEn,
  ...tokenizerEn,

  storyFolderName: 'stories',
  storiesIn: (language) => (language === 'en' ? 'stories in English' : 'stories in Spanish'),
  parameters: (count) => `${count} parameters`,
  device: (name) => `device ${name}`,
  savedIn: (folder) => `All is kept in ${folder}`,
  preparing: 'Lighting the fire…',
  resuming: (step) => `Going on from step ${step}`,

  step: 'step',
  of: 'of',
  validation: 'validation',
  metrics: {
    kl: 'KL divergence',
    fid: 'FID',
    fidReal: 'FID of real against real',
    fidRatio: 'FID against that of real',
    samples: 'pictures measured',
    mse: 'squared error per pixel',
    noisyMse: 'error of what it saw',
    precision: 'precision',
    recall: 'recall',
    neighbours: 'neighbours of the same class',
    elbo: 'lower bound (ELBO)',
    gradNorm: 'norm of the gradient',
    lr: 'learning rate',
    usage: 'codes in use',
    distance: 'distance from real',
    real: 'score of real ones',
    fake: 'score of fakes',
    prior: 'surprise at a code',
    perplexity: 'perplexity',
    bitsPerCharacter: 'bits per character',
    known: 'known from the data',
    distinct: 'not repeated',
    meanLength: 'mean length',
    meanLengthOfData: 'mean length of the data',
    trigramDivergence: 'distance of trigrams',
    ngrams: 'different n-grams',
    temperature: 'temperature',
    maskedLM: 'loss of gaps',
    nextSentence: 'loss of sentences',
    maskedAccuracy: 'gaps filled right',
    nextSentenceAccuracy: 'sentences told right',
    ...besideReal(
      {
        notesPerStep: 'notes a step',
        silent: 'silent steps',
        usedPitches: 'different notes',
        lowest: 'lowest note (MIDI)',
        highest: 'highest note (MIDI)',
        inScale: 'notes in the scale',
        consonant: 'consonant intervals',
        held: 'notes held',
      },
      'in real pieces',
    ),
    natsPerStep: 'nats a step',
    natsPerNote: 'nats a note',
    nGramNatsPerStep: 'nats a step of the n-gram',
    nGramNatsPerNote: 'nats a note of the n-gram',
  },
  perSecond: { tokens: 'tokens/s', images: 'images/s', examples: 'examples/s', notes: 'notes/s' },
  sampleOfMusic: 'A new piece, in the folder samples',
  sampleOfImages: 'New pictures, in the folder samples',
  left: (time) => `${time} left`,
  sampleAt: (step) => `Sample at step ${step}`,
  firstSampleAt: (step) => `The first sample comes at step ${step}`,
  interruptHint: 'Ctrl-C saves and stops',
  stopping: 'One moment: this step ends and is saved. Another Ctrl-C leaves at once, without saving.',
  chartTitle: (metric) => `${metric.charAt(0).toUpperCase()}${metric.slice(1)} by step`,
  trainingLegend: 'training',
  validationLegend: 'validation',

  finished: (step, time) => `Done: ${step} steps in ${time}.`,
  stopped: (step) => `Paused at step ${step}; everything is saved. To go on:`,
  next: 'Now try:',
  nextGenerate: 'write from a beginning of yours',
  nextFill: 'fill the gaps of a sentence of yours',
  nextSample: 'make new pictures',
  nextCompose: 'compose new pieces, as MIDI',
  nextEval: 'measure it on data that it has not seen',
  nextEvaluate: 'measure another hundred stories by the grammar',
  goOn: 'go on where it stopped',
  makeAgain: 'train it again, just so',
  lookInTensorBoard: 'open the curves in TensorBoard',
  reportIn: (path) => `The report, to open in a browser: ${path}`,
  nextText: 'learn from a book of yours, as UTF-8 text',
  threeStories: 'Three stories it has just written',
  measuring: (count) => `Writing another ${count} stories and measuring them by the grammar…`,

  cacheTitle: 'Compiled kernels',
  cacheFolder: (folder) => `Folder: ${folder}`,
  cacheEmpty: 'There are none yet: they are compiled when they are first needed.',
  cacheHolds: (kernels, kernelCount, batches, batchCount, size) =>
    `${kernels} ${kernelCount === 1 ? 'kernel' : 'kernels'} in ${batches} ${batchCount === 1 ? 'file' : 'files'}: ${size}`,
  cacheBound: (size, batches) =>
    `There is room for ${size} and ${batches} files; past that, those unused for longest are deleted.`,
  cacheClearHint: 'To empty the folder: npx lumbre cache clear',
  cacheWasEmpty: (folder) => `There was nothing to delete in ${folder}.`,
  cacheCleared: (batches, batchCount, size, folder) =>
    `Done: ${batches} ${batchCount === 1 ? 'file' : 'files'} deleted from ${folder}, ${size} freed. Kernels are compiled again when they are needed.`,

  doctorDevices: 'Devices',
  doctorWorks: 'works',
  doctorFails: 'does not work',
  doctorNative: 'machine code, compiled right here; the fastest',
  doctorWasm: 'WebAssembly; fast, and needs no compiler',
  doctorJs: 'computes with 64 bits; exact and slow',
  doctorDefaultAsked: (name) => `${name} is used, as LUMBRE_DEVICE asks for it.`,
  doctorDefaultFastest: (name) =>
    `${name} is used, the fastest that there is. LUMBRE_DEVICE can ask for another.`,
  doctorMachine: 'Machine',
  doctorProcessor: 'processor',
  doctorCores: (text, cores) => `${text} ${cores === 1 ? 'core' : 'cores'}`,
  doctorThreads: 'threads',
  doctorThreadCount: (text, threads) =>
    `${text} ${threads === 1 ? 'computes' : 'compute'} at a time; LUMBRE_THREADS changes it`,
  doctorMemory: 'memory',
  doctorMemoryOf: (total, free) => `${total}, of which ${free} are free`,
  doctorSystem: 'system',
  doctorSimd: 'vectors (SIMD)',
  doctorRelaxedSimd: 'relaxed SIMD',
  doctorCompiler: 'C compiler',
  doctorNone: 'There is none that works; the reason stands above, beside native.',
  doctorCommand: 'program',
  doctorVersion: 'version',
  doctorVectors: 'vectors',
  doctorVectorsOf: (bits, lanes) => `${bits} bits: ${lanes} numbers of 32 bits at a time`,
  doctorInstructions: 'instructions',
  doctorFma: 'fused multiply-add (FMA)',
  doctorFloat16: '16-bit floats',
  doctorInt8: 'products of 8-bit integers',
  doctorEngine: 'trial',
  doctorEngineStarts: (seconds) => `the engine starts, and a kernel gives what it should (${seconds}\u00a0s)`,
  doctorSeeTrial: 'its engine does not start; the reason stands below, beside the compiler',
  doctorEngineFails: 'the engine does not start',
  doctorCache: 'Kernel cache',
  doctorFolder: 'folder',
  doctorContents: 'contents',
  doctorCacheHolds: (holds, bound) => `${holds}, and there is room for ${bound}`,
  doctorWriting: 'writing',
  doctorWritable: 'it can be written to',
  doctorVariables: 'Environment variables',
  doctorSpeed: 'Speed',
  doctorMeasuring: 'measuring…',
  doctorNotMeasured: (name, why) => `${name} could not be measured: ${why}`,
  doctorMatmul: 'matrix product',
  doctorThroughput: 'memory',
  doctorCall: 'small call',
  doctorBestAndMedian: 'The best measurement comes first and, in brackets, the median.',
  doctorMeasured: (devices, size, elements, few) =>
    `${devices}: matrices of ${size}×${size}; 2x + 1 on ${elements} numbers; x + 1 on ${few}.`,
  doctorVerdict: (name) => `All set: ${name} works.`,
  doctorAskedFails: (name, by, why) => `The device ${name}, which ${by} asks for, does not work here. ${why}`,
  doctorDefaultFails: (name, why) =>
    `The device ${name}, which would be used here, does not work; choose another with LUMBRE_DEVICE. ${why}`,
  doctorUnknownDevice: (names) => `There is none of that name: there are ${names}.`,
  doctorInstall: (mac) =>
    mac
      ? "install Apple's with 'xcode-select --install'"
      : "install one (on Debian and Ubuntu with 'apt install gcc libc6-dev') or say where one is in LUMBRE_CC",
  doctorNoCompiler: (names, install) => `There is no C compiler (none of ${names} on PATH): ${install}.`,
  doctorCompilerNotThere: (name, variable) =>
    `There is no C compiler '${name}', which ${variable} names: correct the variable or unset it.`,
  doctorCompilerBroken: (command, complaint) =>
    `The C compiler ${command} does not work (${complaint}): repair it, or name another in LUMBRE_CC.`,
  doctorNoHeaders: (command, install) => `The C compiler ${command} has no header files: ${install}.`,
  doctorWindows: 'Nothing is compiled to machine code on Windows: use Lumbre in WSL for that.',
  doctorBadThreads: (value) =>
    `LUMBRE_THREADS is '${value}' and must be a whole number from 1 to 64: correct it or unset it.`,
  doctorNoSimd: 'This Node has no WebAssembly with vectors of 128 bits: install a newer one.',
  doctorWrongValues: (values) =>
    `2x + 1 of 1, 2 and 3 gave ${values} and should give 3 5 7: this is an error of Lumbre; please report it.`,
  doctorFolderUnsafe:
    'Other users can write to the folder, and so put code into it: name another in LUMBRE_CACHE.',
  doctorFolderForbidden: 'There is no permission to write to the folder: name another in LUMBRE_CACHE.',
  doctorFolderIsFile: 'On that path there is a file where a folder should be: name another in LUMBRE_CACHE.',
  doctorFolderReadOnly: 'The disk is read-only: name another folder in LUMBRE_CACHE.',
  doctorFolderFull: 'There is no space left on the disk: make room, or name another folder in LUMBRE_CACHE.',
  doctorFolderFails: (reason) => `The folder cannot be used (${reason}): name another in LUMBRE_CACHE.`,

  error: 'Error:',
  fileMissing: (path) => `There is no ${path}. Check the path and the name.`,
  fileEmpty: (path) => `${path} is empty. Choose a file with text.`,
  isFolder: (path) => `${path} is a folder. Name a file.`,
  notFolder: (path) =>
    `On the path ${path} there is a file where a folder should be. Choose another with --out.`,
  notUtf8: (path, position) =>
    `${path} is not UTF-8 text: byte ${position} does not fit. ` +
    `Convert it first, for example: iconv -f ISO-8859-1 -t UTF-8 ${path} > new.txt`,
  isUtf16: (path) => `${path} is UTF-16. Save it as UTF-8 and try again.`,
  isBinary: (path) => `${path} is no text: it has null bytes. Give a .txt file.`,
  notJson: (path) =>
    `${path} is damaged: it is not JSON. Bring back a copy, or train anew in another folder.`,
  diskFull: (path) =>
    `There is no space left on the disk to write ${path}. What was saved before is intact: make room and go on with --resume.`,
  noPermission: (path) =>
    `There is no permission to use ${path}. Choose another folder with --out, or change the permissions.`,
  fileFailed: (path, reason) => `An operation on ${path} failed: ${reason}`,
  textTooShort: (tokens, needed) =>
    `The text is too short: one of its two parts (90% to train, 10% to validate) has ${tokens} characters, and at least ${needed} are needed. Use a longer text or a smaller window, with --set model.blockSize.`,
  runMissing: (folder) =>
    `There is no Lumbre run in ${folder}. Begin one with 'npx lumbre train', or check the path.`,
  noRuns: "There are no runs in runs/ yet. Begin one with 'npx lumbre train'.",
  runExists: (folder) =>
    `${folder} exists and is not overwritten. Choose another folder with --out, or go on with it by --resume ${folder}`,
  configInvalid: (path, reason) =>
    `${path} cannot be used. Bring back a copy, or train anew in another folder. (${reason})`,
  noCheckpoint: (folder) =>
    `There is no checkpoint (checkpoint.safetensors) in ${folder} yet. Train anew in another folder.`,
  checkpointDamaged: (path, reason) =>
    `The checkpoint ${path} cannot be used: it is damaged or not of this run. Bring back a copy, or train anew in another folder. (${reason})`,
  alreadyFinished: (folder, step) => `${folder} has made all its ${step} steps. Use it, or begin a new run.`,
  fixedByRun: (option) =>
    `${option} was fixed when the run began and cannot change now. Leave it out, or begin a new run.`,
  outWithResume: '--out and --resume do not go together: a run goes on in its own folder.',
  needInteger: (option, value, least) =>
    `${option} must be a whole number of at least ${least}, not '${value}'.`,
  needNumber: (option, value, range) => `${option} must be a number ${range}, not '${value}'.`,
  rangePositive: 'greater than 0',
  rangeFromZero: 'of at least 0',
  rangeBelowOne: 'of at least 0 and less than 1',
  rangeUpToOne: 'greater than 0 and at most 1',
  needChoice: (option, value, choices) => `${option} can be ${choices}, not '${value}'.`,
  or: 'or',
  unknownCharacter: (character) =>
    `The model does not know the character ${character} of the prompt: the text it learned from had none. Leave it out.`,
  modelDamaged: (folder, reason) =>
    `The model of ${folder} cannot be opened. Bring back a copy, or train anew. (${reason})`,
  families: {
    text: 'Text',
    images: 'Images',
    music: 'Music',
    classifiers: 'Classifiers',
    clusters: 'Unsupervised',
    tables: 'Tables',
  },
  takesAbout: (time) => `about ${time} on two cores`,
  recipeHint: 'To begin: npx lumbre train RECIPE. The data: npx lumbre data list.',
  needRecipe: "The recipe is missing: 'npx lumbre train --list' shows what there is.",
  unknownRecipe: (name, names) =>
    `There is no recipe '${name}'. There are ${names}. 'npx lumbre train --list' shows what each does.`,
  unknownModel: (name, names) =>
    `There is no model and no folder '${name}'. Trained already: ${names}. Yours are in runs/.`,
  configProblems: (recipe) => `The configuration does not fit the recipe '${recipe}':`,
  unknownSetting: (known) => `there is no such setting. There are ${known}`,
  notJsonObject: (path) => `${path} must hold a JSON object, such as {"train": {"steps": 100}}.`,
  serving: (name, address) => `${name} is at ${address}/v1`,
  openToAll: 'Whoever reaches this machine can use it: set a key with --api-key.',
  howToEndServing: 'Ctrl-C ends it; texts that are under way have a few seconds to finish.',
  endingServing: 'Ending…',
  noPort: (port) => `${port} is no port: --port goes from 0 to 65535.`,
  cannotListen: (host, port, code) =>
    code === 'EADDRINUSE'
      ? `Port ${port} of ${host} is taken; choose another with --port, or 0 for any.`
      : `Cannot listen at ${host}:${port} (${code}); try another --host or --port.`,
  cannotWrite: (name) => `${name} writes no text. If it makes images or music, use 'npx lumbre sample'.`,
  needGap: (gap) =>
    `This model fills gaps: write ${gap} where a word is missing. For example: --prompt "To be or not to ${gap}"`,
  cannotSample: (name) => `${name} makes neither images nor music. If it writes, use 'npx lumbre generate'.`,
  cannotDo: (name, option) => `${name} cannot do what ${option} asks for.`,
  savedFile: (path) => `Saved in ${path}`,
  exportExists: (folder) => `${folder} exists and is not overwritten. Choose another folder.`,
  cardProduces: (what) => `It gives ${what}.`,
  cardSize: (parameters, kilobytes) => `It has ${parameters} parameters (${kilobytes} kB).`,
  cardData: 'What it learned from',
  cardLicence: (licence) => `Licence: ${licence}.`,
  cardFigures: 'Measured on data that it has not seen',
  cardFigure: 'figure',
  cardValue: 'value',
  cardAgain: 'How it is made again',
  cardConfiguration: 'Configuration',
  cardSetting: 'setting',
  runFolder: 'folder',
  runRecipe: 'recipe',
  runData: 'data',
  runTime: 'time',
  runBest: 'best',
  runDamaged: 'damaged',
  noFigure: (folder, figure, names) => `In ${folder} there is no '${figure}'. There are ${names}.`,
  cannotEvaluate: (name) => `For ${name} there is nothing to measure on new data.`,
  notStories: (folder) =>
    `${folder} did not learn from the stories, so the grammar cannot measure it. Train on them with 'npx lumbre start'.`,
  outOfMemory: (needed, free, settings) =>
    `This training does not fit into memory: it needs about ${needed}, and ${free} are free. Nothing was written. Try less for ${settings}.`,
  tensorTooLarge: (needed, free, settings) =>
    `This training does not fit into memory: a single one of its matrices has ${needed}, more than fits into a tensor (16\u00a0GiB), and ${free} are free for everything. Nothing was written. Try less for ${settings}.`,
  diverged: (step, folder) =>
    `The loss was no number any more at step ${step}: the weights grew without bound. Begin another run with a smaller --lr. What ${folder} holds is intact.`,
};
