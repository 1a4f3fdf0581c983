const es = {
  ready: (address: string) => `Lumbre Studio está en ${address}`,
  howToEnd: 'Ctrl-C lo cierra. Tu avance queda guardado en el navegador.',
  notBuilt: 'El Studio no está construido todavía. Ejecuta `npm run build` una vez y prueba de nuevo.',
  noPort: (given: string) => `«${given}» no es un puerto: debe ser un número entero de 0 a 65535.`,
};

const en: typeof es = {
  ready: (address) => `Lumbre Studio is at ${address}`,
  howToEnd: 'Ctrl-C ends it. Your progress stays in the browser.',
  notBuilt: 'The Studio is not built yet. Run `npm run build` once, then try again.',
  noPort: (given) => `'${given}' is no port: it has to be a whole number from 0 to 65535.`,
};

/** What the server says, by language: as the `lumbre` command, Spanish unless `--lang en` is given. */
export const wordsOf = { es, en } as const;
