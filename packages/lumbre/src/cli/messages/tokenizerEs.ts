/** What the command line says about tokenizers, in Spanish. `tokenizerEn.ts` has the same keys. */
export const tokenizerEs = {
  tokenizerStages: {
    words: 'Cuenta palabras',
    seeds: 'Busca fragmentos',
    pairs: 'Cuenta pares',
    merges: 'Aprende fusiones',
    expectation: 'Estima y poda',
  },
  tokenizerRate: { characters: 'caracteres/s', words: 'palabras/s', tokens: 'tokens/s' },
  tokenizerTrained: (tokens: string, time: string) => `Listo: ${tokens} tokens en ${time}.`,
  tokenizerFew: (wanted: string) =>
    `Se pidieron ${wanted} y el texto no da para más: cada token que falta tendría que repetirse en él.`,
  tokenizerDensity: (figure: string) => `${figure} caracteres por token en el texto del que aprendió`,
  tokenizerTry: 'pruébalo con un texto tuyo',
  tokenizerLook: 'mira cómo es por dentro',
  tokenizerCount: (tokens: string, tokenCount: number, characters: string, characterCount: number) =>
    `${tokens} ${tokenCount === 1 ? 'token' : 'tokens'}, ${characters} ${characterCount === 1 ? 'carácter' : 'caracteres'}`,
  tokenizerPerToken: (figure: string) => `${figure} caracteres por token`,
  tokenizerIds: 'ids',
  tokenizerModel: 'modelo',
  tokenizerTokens: 'tokens',
  tokenizerMerges: 'fusiones',
  tokenizerNormalizer: 'normalizador',
  tokenizerPreTokenizer: 'pretokenizador',
  tokenizerPostProcessor: 'posprocesador',
  tokenizerDecoder: 'decodificador',
  tokenizerNone: 'ninguno',
  tokenizerUnknown: 'desconocido',
  tokenizerSpecial: 'especiales',
  tokenizerAdded: 'añadidos',
  tokenizerMeanLength: 'longitud media',
  tokenizerCharacters: (figure: string) => `${figure} caracteres`,
  tokenizerLongest: 'los más largos',

  tokenizerNeedText: 'Falta el texto: escríbelo detrás del tokenizador, o di un archivo con --file.',
  tokenizerOneText: 'El texto y --file no van juntos: elige uno.',
  tokenizerExists: (path: string) => `${path} ya existe. Elige otro con --out, o sobrescríbelo con --force.`,
  tokenizerOnlyFor: (option: string, models: string) => `${option} solo sirve con --model ${models}.`,
  tokenizerDamaged: (path: string, reason: string) =>
    `${path} no se puede usar como tokenizador. (${reason})`,
  tokenizerStopped: 'Entrenamiento interrumpido: no se ha escrito nada.',
};
