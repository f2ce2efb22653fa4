/** An element that the keyboard reaches. Functions of this file run in the page, so each stands for itself. */
export interface Focusable {
  readonly name: string;
  /** Whether it looks different without the focus. */
  readonly isMarked: boolean;
}

/** Gives a name to all visible elements that can have the focus, and remembers how they look without it. */
export function nameFocusableElements(): readonly string[] {
  const selector = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const elements = [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (element) =>
      element.tabIndex >= 0 &&
      !element.matches(':disabled') &&
      element.checkVisibility({ visibilityProperty: true }),
  );
  return elements.map((element, index) => {
    const { outline, boxShadow, borderColor, backgroundColor, color, textDecoration } =
      getComputedStyle(element);
    const label = element.getAttribute('aria-label') ?? element.textContent;
    const name = `${index} ${element.localName} ${label.trim().slice(0, 40)}`;
    element.dataset['checkName'] = name;
    element.dataset['checkStyle'] = [
      outline,
      boxShadow,
      borderColor,
      backgroundColor,
      color,
      textDecoration,
    ].join();
    return name;
  });
}

/** The element that has the focus, if it has a name. */
export function focusedElement(): Focusable | undefined {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element.dataset['checkName'] === undefined) {
    return undefined;
  }
  const { outline, boxShadow, borderColor, backgroundColor, color, textDecoration } =
    getComputedStyle(element);
  const style = [outline, boxShadow, borderColor, backgroundColor, color, textDecoration].join();
  return { name: element.dataset['checkName'], isMarked: style !== element.dataset['checkStyle'] };
}
