/** Attributes, properties (`onclick`, `value`) and styles of an element that is made. */
export type Attributes = Readonly<Record<string, unknown>>;
export type Child = Node | string | number | null | false | undefined | readonly Child[];

const SVG = 'http://www.w3.org/2000/svg';

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on') && typeof value === 'function')
      element.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    else if (name === 'style' && typeof value === 'object')
      setStyle(element, value as Record<string, string | number>);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
}

function setStyle(element: Element, style: Record<string, string | number>): void {
  for (const [property, value] of Object.entries(style))
    (element as HTMLElement).style.setProperty(property, String(value));
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : String(child));
  }
}

/** Makes an element of HTML: `h('button', { class: 'btn', onclick: run }, 'Ejecutar')`. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/** Makes an element of SVG: `s('circle', { cx: 4, cy: 4, r: 3 })`. */
export function s<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes, children);
  return element;
}

let ids = 0;
/** An id that no other element of the page has. */
export const uniqueId = (name: string): string => `${name}-${++ids}`;
