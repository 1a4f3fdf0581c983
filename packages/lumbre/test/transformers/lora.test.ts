import { describe, expect, test } from 'vitest';
import { memoryFolder, memoryRepository, readSafetensors } from '../../src/hub/index.ts';
import { compile, Generator, noGrad, type Tensor, tensor } from '../../src/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import type { GPT2LMHeadModel } from '../../src/transformers/causal/index.ts';
import { getPeftModel, LoraConfig, PeftError, PeftModel } from '../../src/transformers/peft/index.ts';
import { weight } from '../fixtures/transformers/causalWeights.ts';
import {
  type AnyModel,
  adapterBytes,
  adapterRepository,
  greatestDifference,
  type LoraCase,
  loadBase,
  logitsOf,
  loraCase,
  loraCases,
  loraIds,
  optionsOf,
} from './loraCases.ts';

/** The loss of the case's kind of model. */
function lossOf(model: AnyModel): Tensor {
  const ids = loraIds('ids');
  if ('loss' in model) {
    const causal = model as unknown as GPT2LMHeadModel;
    return causal.loss(ids, { labels: loraIds('labels') });
  }
  return (model.forward(ids, { labels: loraIds('classes') }) as unknown as { loss: Tensor }).loss;
}

/** Puts in what Python's adapters began with. */
function begin(peft: PeftModel<AnyModel>, { begun }: LoraCase): void {
  const tensors = peft.adapterTensors();
  for (const [name, shape] of Object.entries(begun)) {
    const place = tensors.get(name.replace('base_model.model.', ''));
    if (!place) throw new Error(`no place for ${name}`);
    place.assign(tensor(weight(name, shape), { shape }));
  }
}

describe.each(loraCases)('%s', (_, given) => {
  test('learns as it does with PEFT', async () => {
    const model = await loadBase(given);
    const peft = getPeftModel(model, optionsOf(given));
    begin(peft, given);
    const optimizer = new AdamW([...peft.trainableParameters().values()], { lr: 1e-2, weightDecay: 0.01 });
    const step = compile(() => {
      const loss = lossOf(model);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    for (const expected of given.losses) expect(await step().item()).toBeCloseTo(expected, 4);
    expect(greatestDifference(await noGrad(() => logitsOf(model)), given.logits)).toBeLessThan(1e-4);
    step.dispose();
    optimizer.dispose();
    model.dispose();
  });

  test('an adapter of PEFT computes the same here, and is written as it came', async () => {
    const model = await loadBase(given);
    const peft = await PeftModel.fromPretrained(model, adapterRepository(given), { isTrainable: true });
    peft.eval();
    expect(peft.countParameters().trainable).toBe(given.trainable);
    expect(greatestDifference(await noGrad(() => logitsOf(model)), given.logits)).toBeLessThan(1e-4);

    const target = memoryFolder();
    await peft.savePretrained(target);
    const ours = readSafetensors(
      new Uint8Array(await (target.files.get('adapter_model.safetensors') as Blob).arrayBuffer()),
    );
    const theirs = readSafetensors(adapterBytes(given));
    expect([...ours.tensors.keys()].sort()).toEqual([...theirs.tensors.keys()].sort());
    for (const [name, array] of theirs.tensors) expect(ours.tensors.get(name)).toEqual(array);
    const written = JSON.parse(await (target.files.get('adapter_config.json') as Blob).text()) as Record<
      string,
      unknown
    >;
    for (const name of ['peft_type', 'r', 'lora_alpha', 'bias', 'fan_in_fan_out', 'use_rslora', 'task_type'])
      expect([name, written[name]]).toEqual([name, (given.adapterConfig as Record<string, unknown>)[name]]);

    // Merged for a moment, and all as before.
    const before = await logitsOf(model);
    const merged = await peft.withMerged(() => noGrad(() => logitsOf(model)));
    expect(greatestDifference(merged, given.merged)).toBeLessThan(1e-4);
    expect(greatestDifference(await logitsOf(model), before)).toBe(0);

    const plain = peft.mergeAndUnload();
    expect(greatestDifference(await noGrad(() => logitsOf(plain)), given.merged)).toBeLessThan(1e-4);
    expect([...plain.stateDict().keys()].some((name) => name.includes('lora'))).toBe(false);
    plain.dispose();
  });
});

describe('adapters', () => {
  const gpt2 = () => loadBase(loraCase('gpt2'));

  test('change nothing at first, and nothing else learns', async () => {
    const model = await gpt2();
    const before = await logitsOf(model);
    const peft = getPeftModel(model, { r: 2, loraDropout: 0.5 }, { generator: new Generator(1) });
    expect(greatestDifference(await noGrad(() => logitsOf(model)), before)).toBe(0);
    lossOf(model).backward();
    const withGradient = [...model.namedParameters()].filter(([, { grad }]) => grad !== null);
    expect(withGradient.map(([name]) => name)).toEqual([...peft.trainableParameters().keys()]);
    const lines: string[] = [];
    peft.printTrainableParameters((line) => lines.push(line));
    expect(lines).toEqual(['trainable params: 256 || all params: 7,824 || trainable%: 3.2720']);
    model.dispose();
  });

  test('are left out where they are disabled, in compiled functions too', async () => {
    const given = loraCase('gpt2');
    const model = await gpt2();
    const before = await logitsOf(model);
    const peft = await PeftModel.fromPretrained(model, adapterRepository(given));
    const run = compile((ids: Tensor) => (model as unknown as GPT2LMHeadModel).forward(ids));
    const compiled = async () => (await noGrad(() => run(loraIds('ids'))).data()) as ArrayLike<number>;
    expect(greatestDifference(await compiled(), given.logits)).toBeLessThan(1e-4);
    expect(greatestDifference(await peft.disableAdapter(compiled), before)).toBeLessThan(1e-5);
    expect(greatestDifference(await compiled(), given.logits)).toBeLessThan(1e-4);
    run.dispose();
    model.dispose();
  });

  test('learn beside weights of 8 bits, which cannot take them in', async () => {
    const given = loraCase('gpt2');
    const model = await loadBase(given, { dtype: 'int8' });
    const peft = getPeftModel(model, optionsOf(given));
    begin(peft, given);
    const optimizer = new AdamW([...peft.trainableParameters().values()], { lr: 1e-2, weightDecay: 0.01 });
    for (const expected of given.losses) {
      const loss = lossOf(model);
      // As far as the weights' rounding lets it.
      expect(Math.abs((await loss.item()) - expected)).toBeLessThan(0.03);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
    expect(() => peft.mergeAndUnload()).toThrow('8 bits');
    optimizer.dispose();
    model.dispose();
  });

  test('write texts', async () => {
    const given = loraCase('gpt2');
    const model = (await gpt2()) as unknown as GPT2LMHeadModel;
    const peft = await PeftModel.fromPretrained(model, adapterRepository(given));
    const adapted = await peft.model.generate([[4, 5, 6]], { maxNewTokens: 5, eosTokenId: null });
    const merged = peft.mergeAndUnload();
    const ids = await merged.generate([[4, 5, 6]], { maxNewTokens: 5, eosTokenId: null });
    expect(await adapted.data()).toEqual(await ids.data());
    model.dispose();
  });

  test('are refused where they do not fit', async () => {
    const given = loraCase('gpt2');
    const model = await gpt2();
    const refused: [object, string][] = [
      [{ targetModules: ['q_proj'] }, 'c_attn, c_proj, c_fc, lm_head'],
      [{ targetModules: ['wte'] }, 'which is a Embedding'],
      [{ r: 0 }, 'r:'],
      [{ rank: 4 }, 'rank'],
      [{ targetModules: '(a+)+b' }, 'repeats what repeats'],
      [{ targetModules: '(((a)' }, 'is no pattern'],
      [{ modulesToSave: ['lm_head'] }, 'transformer.wte.weight too'],
      [{ modulesToSave: ['score'] }, 'has no module score'],
      [{ targetModules: 'c_attn', layersToTransform: [1] }, 'layersToTransform'],
    ];
    for (const [options, message] of refused) expect(() => getPeftModel(model, options)).toThrow(message);
    getPeftModel(model, { r: 3 });
    expect(() => getPeftModel(model)).toThrow('has adapters already');
    model.dispose();

    const other = await gpt2();
    const config = { ...given.adapterConfig, r: 3 };
    const wrong = memoryRepository([
      ['adapter_config.json', JSON.stringify(config)],
      ['adapter_model.safetensors', adapterBytes(given)],
    ]);
    await expect(PeftModel.fromPretrained(other, wrong)).rejects.toThrow(PeftError);
    // As it was: another can be put in.
    await PeftModel.fromPretrained(other, adapterRepository(given));
    other.dispose();
  });

  test('of other methods are refused by name', () => {
    const read = (json: object) =>
      LoraConfig.fromJson(new Map(Object.entries(json)) as Parameters<typeof LoraConfig.fromJson>[0]);
    expect(() => read({ peft_type: 'IA3' })).toThrow('"IA3"');
    expect(() => read({ peft_type: 'LORA', use_dora: true })).toThrow('DoRA');
    expect(() => read({ peft_type: 'LORA', r: 1e9 })).toThrow('r:');
    expect(read({ peft_type: 'LORA', r: 2, something_newer: null }).r).toBe(2);
  });
});
