import type { hubEs } from './hubEs.ts';

/** What the command line says about models of the hub, in English. */
export const hubEn: typeof hubEs = {
  hubTitle: 'Models that were downloaded',
  hubCacheFolder: (folder) => `in ${folder}`,
  hubCacheEmpty: 'There are none yet.',
  hubFiles: (figure, count) => `${figure} ${count === 1 ? 'file' : 'files'}`,
  hubRevisions: (figure) => `${figure} revisions`,
  hubIncomplete: (size) => `${size} half downloaded`,
  hubListHint: "Download another one with 'npx lumbre hub download MODEL'.",
  hubReady: (name, files, count, size) =>
    `Done: ${name}, ${files} ${count === 1 ? 'file' : 'files'}, ${size}`,
  hubNothing: (name) => `${name} has no files that can be loaded here.`,
  hubRevision: 'revision',
  hubKind: 'type',
  hubClass: 'class',
  hubSizes: 'sizes',
  hubWeights: 'weights',
  hubParameters: (figure) => `${figure} numbers`,
  hubNotHere: 'not downloaded',
  hubAllFiles: 'files',
  hubInfoHint: (name) => `Download it with 'npx lumbre hub download ${name}'.`,

  hubBadName: (name) =>
    `'${name}' is neither a folder nor a model's name. Names look like 'gpt2' or 'HuggingFaceTB/SmolLM-135M'; folders begin with ./ or /.`,
  hubBadPath: (path) => `'${path}' is no path within the model.`,
  hubNoRepository: (name, endpoint) =>
    `There is no model '${name}' at ${endpoint}, or it is not public. If it is private, set HF_TOKEN to a token that may read it.`,
  hubNoFolder: (name) => `There is no folder '${name}'.`,
  hubNoRevision: (name, revision) =>
    `${name} has no revision '${revision}'; expected a branch, a tag or the hash of a commit.`,
  hubNoFile: (name, path) => `${name} has no file '${path}'.`,
  hubNoWeights: (name) =>
    `${name} has no weights that can be read here: safetensors, pytorch_model.bin or a single .gguf.`,
  hubUnauthorized: (name) => `The server does not let you read ${name}. Is the token in HF_TOKEN right?`,
  hubGated: (name, page) =>
    `${name} can be downloaded by those only who accept its terms: do so at ${page}, and set HF_TOKEN to your token.`,
  hubOffline: (host, reason) =>
    `${host} does not answer (${reason}). Look at the connection and try again: it goes on where it stopped. Without a network, models that were downloaded before are found with HF_HUB_OFFLINE=1.`,
  hubNotCached: (name, path, cache) =>
    `${path} of ${name} is not in ${cache}, and nothing may be downloaded (HF_HUB_OFFLINE, --local). Download it once, or name the folder where the model is.`,
  hubStatus: (endpoint, status) => `${endpoint} answered ${status}.`,
  hubDamaged: (name, path, reason) =>
    `${path} of ${name} is damaged or of another format (${reason}). Download it again.`,
  hubWrongHash: (name, path) =>
    `What came of ${path} (${name}) is not what the server says it is, and was deleted. Try again.`,
  hubTooLarge: (path) => `${path} is larger than it should be, so it was not read.`,
  hubAborted: 'The download was stopped half-way; the next one goes on from there.',
};
