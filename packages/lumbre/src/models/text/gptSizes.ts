import { completeGPTConfig, type GPTConfig } from '../gptConfig.ts';

/** GPT-2's tokens, which GPT-3 has too. */
const VOCABULARY = 50_257;

const gpt2 = (nLayer: number, nHead: number, nEmbd: number): GPTConfig => ({
  vocabSize: VOCABULARY,
  blockSize: 1024,
  nLayer,
  nHead,
  nEmbd,
  geluApproximate: 'tanh',
});

/** As GPT-2, with twice the context. GPT-3's layers attend to all tokens and to nearby ones in turns: here, to all. */
const gpt3 = (nLayer: number, nHead: number, nEmbd: number): GPTConfig => ({
  ...gpt2(nLayer, nHead, nEmbd),
  blockSize: 2048,
});

/**
 * Published sizes: GPT-2's (Radford et al., 2019) as Hugging Face has them, and GPT-3's (Brown et al., arXiv:2005.14165,
 * table 2.1). Two of that table cannot be built as they are printed, as heads have to divide the width: GPT-3 XL, whose 24
 * heads of 128 are wider than 2048, has 16 here, and GPT-3 13B, printed 5140 wide, has 40 · 128 = 5120.
 */
export const gptSizes = {
  gpt2: gpt2(12, 12, 768),
  'gpt2-medium': gpt2(24, 16, 1024),
  'gpt2-large': gpt2(36, 20, 1280),
  'gpt2-xl': gpt2(48, 25, 1600),
  'gpt3-small': gpt3(12, 12, 768),
  'gpt3-medium': gpt3(24, 16, 1024),
  'gpt3-large': gpt3(24, 16, 1536),
  'gpt3-xl': gpt3(24, 16, 2048),
  'gpt3-2.7b': gpt3(32, 32, 2560),
  'gpt3-6.7b': gpt3(32, 32, 4096),
  'gpt3-13b': gpt3(40, 40, 5120),
  'gpt3-175b': gpt3(96, 96, 12_288),
} as const satisfies Readonly<Record<string, GPTConfig>>;

export type GPTSize = keyof typeof gptSizes;

/** How many parameters a GPT has, without making it; a tied head is counted once. */
export function gptParameterCount(config: GPTConfig): number {
  const { vocabSize, blockSize, nLayer, nEmbd, bias, qkvBias, tieWeights } = completeGPTConfig(config);
  const norm = bias ? 2 * nEmbd : nEmbd;
  const linear = (inputs: number, outputs: number, biased: boolean) =>
    inputs * outputs + (biased ? outputs : 0);
  const block =
    2 * norm +
    linear(nEmbd, 3 * nEmbd, qkvBias) +
    linear(nEmbd, nEmbd, bias) +
    linear(nEmbd, 4 * nEmbd, bias) +
    linear(4 * nEmbd, nEmbd, bias);
  const tables = (vocabSize + blockSize) * nEmbd;
  return tables + nLayer * block + norm + (tieWeights ? 0 : vocabSize * nEmbd);
}
