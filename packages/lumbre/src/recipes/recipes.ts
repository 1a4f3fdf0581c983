import { cnn } from './classifiers/cnn.ts';
import { mlp } from './classifiers/mlp.ts';
import { resnet } from './classifiers/resnet.ts';
import { gmm } from './clusters/gmm.ts';
import { kmeans } from './clusters/kmeans.ts';
import { pca } from './clusters/pca.ts';
import { tsne } from './clusters/tsne.ts';
import { autoencoder } from './images/autoencoder.ts';
import { cgan } from './images/conditionalGan.ts';
import { conditionalVae } from './images/conditionalVae.ts';
import { dcgan } from './images/dcgan.ts';
import { ddpm } from './images/ddpm.ts';
import { gan } from './images/gan.ts';
import { vae } from './images/vae.ts';
import { vqvae } from './images/vqvae.ts';
import { wganGp } from './images/wganGp.ts';
import { musicGan } from './music/musicGan.ts';
import { musicGpt } from './music/musicGpt.ts';
import { recipeAmong } from './openAmong.ts';
import type { Recipe } from './recipe.ts';
import { linearRegression } from './tables/linearRegression.ts';
import { logisticRegression } from './tables/logisticRegression.ts';
import { bert } from './text/bert.ts';
import { gpt, stories } from './text/gpt.ts';
import { mlpLm } from './text/mlpLm.ts';
import { ngram } from './text/ngram.ts';
import { rnn } from './text/rnn.ts';
import { textgan } from './text/textGan.ts';

/** All recipes, in the order in which they are listed. */
export const recipes: readonly Recipe[] = [
  stories,
  ngram,
  mlpLm,
  rnn,
  gpt,
  bert,
  textgan,
  autoencoder,
  vae,
  conditionalVae,
  gan,
  dcgan,
  cgan,
  wganGp,
  vqvae,
  ddpm,
  musicGpt,
  musicGan,
  mlp,
  cnn,
  resnet,
  kmeans,
  gmm,
  pca,
  tsne,
  linearRegression,
  logisticRegression,
] as readonly Recipe[];

/** @throws RangeError that lists what there is. */
export const recipeNamed = (name: string): Recipe => recipeAmong(recipes, name);
