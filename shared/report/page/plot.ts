import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Content, type Html, html } from './html.ts';

/** Colours that can be told apart on white and on black, also by the colour-blind (after Okabe & Ito 2008). */
export const COLORS: readonly string[] = ['#0a7cc4', '#d55e00', '#009e73', '#cc6fa5', '#b8860b', '#7f7f7f'];

/**
 * A plot as HTML with its SVG inside, so that a page needs no script. Text and axes have the colour of the page's text.
 *
 * @param caption what it shows, also for those who cannot see it
 */
export function figure(caption: Content, options: Omit<PlotOptions, 'document'>): Html {
  return html`<figure>${{ html: drawing(options) }}<figcaption>${caption}</figcaption></figure>
`;
}

/** A plot as SVG alone. */
export function drawing(options: Omit<PlotOptions, 'document'>): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const drawn = plot({ ...options, document: document as unknown as PlotOptions['document'] });
  // a group without a role can have no name: the plot is one picture, which a reader is told by its own name and caption
  for (const group of drawn.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label');
  for (const picture of [drawn, ...drawn.querySelectorAll('svg')])
    if (picture.hasAttribute('aria-label')) picture.setAttribute('role', 'img');
  return drawn.outerHTML;
}
