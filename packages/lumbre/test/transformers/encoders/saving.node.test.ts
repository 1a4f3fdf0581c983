import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { noGrad, scope, type Tensor, tensor } from '../../../src/index.ts';
import { PreTrainedTokenizer, Tokenizer } from '../../../src/tokenizers/index.ts';
import { JsonReader } from '../../../src/tokenizers/jsonReader.ts';
import * as transformers from '../../../src/transformers/index.ts';
import written from '../../fixtures/transformers/encoderTokenizers.json' with { type: 'json' };
import { bertSizes, robertaSizes } from '../pipelines/support.ts';
import { fillByName } from './support.ts';

// A Python with transformers: set LUMBRE_PYTHON to its path.
const python = process.env.LUMBRE_PYTHON;
if (!python) console.warn('LUMBRE_PYTHON is not set: that transformers opens saved encoders is passed over');
const script = fileURLToPath(new URL('../../fixtures/transformers/openSavedEncoders.py', import.meta.url));

const id2label = ['no', 'maybe', 'yes'];
const heads = {
  Model: 'AutoModel',
  ForMaskedLM: 'AutoModelForMaskedLM',
  ForSequenceClassification: 'AutoModelForSequenceClassification',
  ForTokenClassification: 'AutoModelForTokenClassification',
  ForQuestionAnswering: 'AutoModelForQuestionAnswering',
} as const;
const families = {
  Bert: { tokenizer: written.bert, options: bertSizes() },
  DistilBert: { tokenizer: written.bert, options: bertSizes() },
  Roberta: { tokenizer: written.roberta, options: robertaSizes() },
  XLMRoberta: { tokenizer: written.roberta, options: robertaSizes() },
} as const;

/** What all of these models have. */
type Saved = transformers.PreTrainedModel & {
  forward(ids: Tensor): { logits?: Tensor; lastHiddenState?: Tensor; startLogits?: Tensor };
};

test.skipIf(!python)(
  'transformers opens what is saved, and computes the same',
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lumbre-encoders-'));
    try {
      for (const [family, { tokenizer: json, options }] of Object.entries(families)) {
        for (const [head, auto] of Object.entries(heads)) {
          const name = `${family}${head}` as 'BertForMaskedLM';
          const hasLabels = head.endsWith('Classification');
          // biome-ignore lint/performance/noDynamicNamespaceImportAccess: it goes through all of them
          const Class = transformers[name] as unknown as new (options: object) => Saved;
          const model = fillByName(new Class(hasLabels ? { ...options, id2label } : options)).eval();
          const special = family.includes('oberta')
            ? { bos_token: '<s>', eos_token: '</s>', cls_token: '<s>', sep_token: '</s>', pad_token: '<pad>' }
            : { cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]' };
          const tokenizer = new PreTrainedTokenizer(Tokenizer.fromJSON(json), {
            config: new JsonReader({ tokenizer_class: 'PreTrainedTokenizerFast', ...special }, 'a test'),
          });
          const place = join(folder, name);
          await model.savePretrained(place);
          await tokenizer.savePretrained(place);
          const text = 'En un lugar de la Mancha';
          const ids = tokenizer.encode(text);
          const output = scope(() =>
            noGrad(() => {
              const found = model.forward(tensor(Int32Array.from(ids), { shape: [1, ids.length] }));
              return [...((found.logits ?? found.lastHiddenState ?? found.startLogits) as Tensor).dataSync()];
            }),
          );
          const labels = hasLabels ? { labels: id2label } : {};
          writeFileSync(
            join(place, 'output.json'),
            JSON.stringify({ class: name, auto, text, ids, output, ...labels }),
          );
          model.dispose();
        }
      }
      const answer = execFileSync(python as string, [script, folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { opened, worst } = JSON.parse(answer.trim().split('\n').at(-1) as string) as Record<
        string,
        number
      >;
      expect(opened).toBe(20);
      expect(worst).toBeLessThan(1e-4);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
