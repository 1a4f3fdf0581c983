// Round figures of a year's rain and of altitude, close to what the weather services of each country publish as normal. Two
// stations are left without a figure on purpose: real tables have holes.

export type Value = string | number | null;
export type Row = readonly Value[];

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Rain in millimetres a year, altitude in metres. */
export const cities: Table = {
  columns: ['city', 'country', 'altitude', 'rain'],
  rows: [
    ['Antofagasta', 'Chile', 40, 3],
    ['Bogotá', 'Colombia', 2600, 1010],
    ['Buenos Aires', 'Argentina', 25, 1240],
    ['Cusco', 'Perú', 3400, 740],
    ['Iquitos', 'Perú', 105, 2860],
    ['La Habana', 'Cuba', 60, 1190],
    ['La Paz', 'Bolivia', 3640, 570],
    ['Lima', 'Perú', 155, 13],
    ['Medellín', 'Colombia', 1500, 1690],
    ['Mendoza', 'Argentina', 750, 220],
    ['Quibdó', 'Colombia', 45, 8000],
    ['Quito', 'Ecuador', 2850, null],
    ['Santiago', 'Chile', 570, 310],
    ['Tegucigalpa', 'Honduras', 990, null],
    ['Ushuaia', 'Argentina', 25, 540],
    ['Valdivia', 'Chile', 15, 1870],
  ],
};

/** What is known of each country. Cuba is not in it: joins meet such gaps. */
export const countries: Table = {
  columns: ['country', 'capital', 'dish'],
  rows: [
    ['Argentina', 'Buenos Aires', 'locro'],
    ['Bolivia', 'Sucre', 'salteña'],
    ['Chile', 'Santiago', 'cazuela'],
    ['Colombia', 'Bogotá', 'ajiaco'],
    ['Ecuador', 'Quito', 'encebollado'],
    ['Honduras', 'Tegucigalpa', 'baleada'],
    ['Perú', 'Lima', 'ceviche'],
    ['Uruguay', 'Montevideo', 'chivito'],
  ],
};

/** What is grown at each height. */
export const zones: Table = {
  columns: ['zone', 'crop'],
  rows: [
    ['high', 'papa'],
    ['low', 'banano'],
  ],
};
