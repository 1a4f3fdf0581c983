import type { Texts } from '../../i18n/locale.ts';

/** A way in which a training goes wrong. */
export interface FailureEntry {
  readonly id: string;
  readonly title: Texts;
  readonly see: Texts;
  readonly why: Texts;
  readonly rescue: Texts;
  /** Where it can be provoked and rescued: an exhibit, and the state in which it happens, as a part of the whole. */
  readonly exhibit: { readonly name: string; readonly state: unknown } | null;
}

export const failures: readonly FailureEntry[] = [
  {
    id: 'dead-relu',
    title: { es: 'Neuronas muertas', en: 'Dead neurons' },
    see: {
      es: 'La pérdida se estanca muy pronto, y hay neuronas que dan 0 con todos los ejemplos.',
      en: 'The loss stalls very early, and some neurons give 0 for every example.',
    },
    why: {
      es: 'ReLU deja pasar solo lo positivo. Si un paso demasiado largo lleva una neurona al lado negativo para todos los datos, su gradiente es 0, y ya no hay nada que la traiga de vuelta.',
      en: 'ReLU lets only the positive through. If a step too long takes a neuron to the negative side for all of the data, its gradient is 0, and nothing brings it back.',
    },
    rescue: {
      es: 'Baja la tasa de aprendizaje, cambia ReLU por una que deje pasar un poco (LeakyReLU, GELU) o normaliza antes de activar. A las que ya murieron solo las revive empezar de nuevo.',
      en: 'Lower the learning rate, replace ReLU by one that lets a little through (LeakyReLU, GELU), or normalize before activating. Those that have died only come back by starting over.',
    },
    exhibit: {
      name: 'playground',
      state: { data: 'moons', layers: [8, 8], activation: 'relu', bias: -3, rate: 0.03 },
    },
  },
  {
    id: 'exploding-gradient',
    title: { es: 'El gradiente que explota', en: 'The exploding gradient' },
    see: {
      es: 'La pérdida baja, y de pronto salta a un número enorme; después, NaN.',
      en: 'The loss falls, and all at once jumps to a huge number; then NaN.',
    },
    why: {
      es: 'Muchos factores mayores que 1, multiplicados a lo largo de las capas o del tiempo, dan un gradiente gigante. Un solo paso con él tira todo lo aprendido.',
      en: 'Many factors above 1, multiplied along the layers or along time, make a giant gradient. A single step with it throws away all that was learned.',
    },
    rescue: {
      es: 'Recorta el gradiente (clipGradNorm), baja la tasa de aprendizaje, calienta con pasos cortos al principio (warm-up), y usa LSTM en vez de una recurrente simple.',
      en: 'Clip the gradient (clipGradNorm), lower the learning rate, warm up with short steps at first, and use an LSTM instead of a plain recurrent network.',
    },
    exhibit: { name: 'rnn-strip', state: { cell: 'rnn', gain: 4, length: 28 } },
  },
  {
    id: 'overfitting',
    title: { es: 'Aprenderse los ejemplos de memoria', en: 'Learning the examples by heart' },
    see: {
      es: 'La pérdida de entrenamiento sigue bajando y la de validación da la vuelta y sube.',
      en: 'The training loss goes on falling, and the validation loss turns round and rises.',
    },
    why: {
      es: 'El modelo tiene más pesos de los que sus ejemplos obligan a usar bien: le sale más barato memorizar que entender.',
      en: 'The model has more weights than its examples force it to use well: memorizing is cheaper than understanding.',
    },
    rescue: {
      es: 'Más datos, o los mismos con variaciones; un modelo más pequeño; dropout; decaimiento de pesos; y parar a tiempo, en el mínimo de la validación.',
      en: 'More data, or the same with variations; a smaller model; dropout; weight decay; and stopping in time, at the lowest point of the validation.',
    },
    exhibit: {
      name: 'playground',
      state: {
        data: 'moons',
        count: 40,
        noise: 0.4,
        held: 0.5,
        layers: [8, 8, 8],
        optimizer: 'adam',
        rate: 0.01,
        showHeld: true,
      },
    },
  },
  {
    id: 'mode-collapse',
    title: { es: 'El colapso de modos', en: 'Mode collapse' },
    see: {
      es: 'El generador hace siempre lo mismo, o tres cosas de ocho: cada muestra parece buena, y juntas dan pena.',
      en: 'The generator always makes the same, or three things out of eight: each sample looks fine, and together they are a sorry sight.',
    },
    why: {
      es: 'Al generador nadie le pide variedad: le basta una falsificación que engañe. Cuando el discriminador la descubre, salta a otra, y así dan vueltas.',
      en: 'Nobody asks the generator for variety: one forgery that passes is enough. When the discriminator finds it out, it jumps to another, and round they go.',
    },
    rescue: {
      es: 'Castiga al discriminador por cambiar de golpe (R1, WGAN-GP), dale tasas de aprendizaje distintas a cada red, muestras más grandes por paso, y promedia los pesos del generador.',
      en: 'Punish the discriminator for changing abruptly (R1, WGAN-GP), give each network its own learning rate, larger batches, and average the weights of the generator.',
    },
    exhibit: { name: 'gan-points', state: { hurry: 4 } },
  },
  {
    id: 'posterior-collapse',
    title: { es: 'El código que nadie lee', en: 'The code that nobody reads' },
    see: {
      es: 'En un VAE, la KL cae a 0 y todas las reconstrucciones son la misma imagen borrosa.',
      en: 'In a VAE, the KL falls to 0 and all reconstructions are the same blurred picture.',
    },
    why: {
      es: 'Si el castigo por alejarse de la distribución normal pesa demasiado, lo más barato es que el código no diga nada y el decodificador pinte el promedio.',
      en: 'If the punishment for straying from the normal distribution weighs too much, the cheapest is that the code says nothing and the decoder paints the mean.',
    },
    rescue: {
      es: 'Empieza con β cerca de 0 y súbelo poco a poco, o perdona los primeros nats de cada dimensión (free bits). Y que el decodificador no pueda arreglárselas solo.',
      en: 'Begin with β near 0 and raise it little by little, or forgive the first nats of each dimension (free bits). And do not let the decoder manage on its own.',
    },
    exhibit: { name: 'autoencoder-vae', state: { beta: 32 } },
  },
  {
    id: 'dead-codes',
    title: { es: 'Códigos muertos', en: 'Dead codes' },
    see: {
      es: 'En un VQ-VAE de 512 códigos se usan 20; los demás no los elige nadie, y las imágenes salen toscas.',
      en: 'In a VQ-VAE of 512 codes 20 are used; nobody chooses the others, and pictures come out coarse.',
    },
    why: {
      es: 'Un código solo aprende cuando lo eligen. El que empieza lejos de los datos no gana nunca, y no se mueve de allí.',
      en: 'A code learns only when it is chosen. One that begins far from the data never wins, and never moves from there.',
    },
    rescue: {
      es: 'Mueve el libro de códigos con promedios (EMA) y revive a los muertos: ponlos donde esté un vector que acaba de salir del codificador.',
      en: 'Move the codebook by averages (EMA) and revive the dead: put them where a vector is that has just come out of the encoder.',
    },
    exhibit: null,
  },
];
