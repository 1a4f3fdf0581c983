import { isId, type JsonReader } from '../jsonReader.ts';
import { readByteLevel } from '../preTokenizers/read.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { BertProcessing } from './bertProcessing.ts';
import { ByteLevel } from './byteLevel.ts';
import type { PostProcessor } from './postProcessor.ts';
import { RobertaProcessing } from './robertaProcessing.ts';
import { Sequence } from './sequence.ts';
import type { SpecialToken } from './specialTokens.ts';
import { type TemplatePiece, TemplateProcessing, type TemplateToken } from './templateProcessing.ts';

function readSpecialToken(json: JsonReader, name: string): SpecialToken {
  const value = json.list(name);
  const [token, id] = value;
  if (value.length === 2 && typeof token === 'string' && isId(id)) return [token, id];
  return json.fail(name, 'a token and its id', value);
}

function readTemplate(json: JsonReader, name: string): TemplatePiece[] {
  return json.objects(name).map((piece): TemplatePiece => {
    if (piece.has('Sequence')) {
      const sequence = piece.object('Sequence');
      return { Sequence: { id: sequence.oneOf('id', ['A', 'B']), type_id: sequence.integer('type_id') } };
    }
    const token = piece.object('SpecialToken');
    return { SpecialToken: { id: token.string('id'), type_id: token.integer('type_id') } };
  });
}

function readTemplateToken(json: JsonReader): TemplateToken {
  const ids = json.list('ids');
  const tokens = json.list('tokens');
  if (!ids.every(isId)) return json.fail('ids', 'a list of ids', ids);
  if (!tokens.every((token) => typeof token === 'string'))
    return json.fail('tokens', 'a list of strings', tokens);
  return { id: json.string('id'), ids, tokens };
}

const readers: Readonly<Record<string, (json: JsonReader) => PostProcessor>> = {
  BertProcessing: (json) => new BertProcessing(readSpecialToken(json, 'sep'), readSpecialToken(json, 'cls')),
  ByteLevel: (json) => new ByteLevel(readByteLevel(json)),
  RobertaProcessing: (json) =>
    new RobertaProcessing(readSpecialToken(json, 'sep'), readSpecialToken(json, 'cls'), {
      trimOffsets: json.boolean('trim_offsets'),
      addPrefixSpace: json.boolean('add_prefix_space'),
    }),
  Sequence: (json) => new Sequence(json.objects('processors').map(readPostProcessor)),
  TemplateProcessing: (json) => {
    const tokens = json.object('special_tokens');
    return new TemplateProcessing({
      single: readTemplate(json, 'single'),
      pair: readTemplate(json, 'pair'),
      specialTokens: json.entries('special_tokens').map(([name]) => ({
        ...readTemplateToken(tokens.object(name)),
        id: name,
      })),
    });
  },
};

/** @throws TokenizerError for a type that there is none of, and for fields that do not fit. */
export function readPostProcessor(json: JsonReader): PostProcessor {
  const type = json.string('type');
  if (!Object.hasOwn(readers, type)) {
    throw new TokenizerError(
      `${json.path} is a '${type}', and there are: ${Object.keys(readers).join(', ')}.`,
    );
  }
  return (readers[type] as (json: JsonReader) => PostProcessor)(json);
}
