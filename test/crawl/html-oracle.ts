// What a browser's tree builder makes of a page, by parse5: the attributes that its elements have.

import { parse, defaultTreeAdapter as tree } from 'parse5';

type Node = ReturnType<typeof tree.getChildNodes>[number];

export interface Element {
  readonly tag: string;
  /** None of svg or math. */
  readonly isHtml: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Elements in their order: names in lower case, attributes as pairs. */
export function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const visit = (node: Node): void => {
    if (!tree.isElementNode(node)) return;
    const attributes = node.attrs.map(
      ({ prefix, name, value }) => [prefix ? `${prefix}:${name}` : name, value] as const,
    );
    const isHtml = node.namespaceURI === 'http://www.w3.org/1999/xhtml';
    found.push({ tag: node.tagName.toLowerCase(), isHtml, attributes: new Map(attributes) });
    const content = 'content' in node ? tree.getTemplateContent(node) : node;
    tree.getChildNodes(content).forEach(visit);
  };
  tree.getChildNodes(parse(html, { scriptingEnabled: false })).forEach(visit);
  return found;
}
