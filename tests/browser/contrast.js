// Every piece of text whose contrast to what lies behind it is below `least`: [text, contrast].
(least) => {
  const parts = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { rgb, a } = parts(getComputedStyle(at).backgroundColor);
      if (a === 1) return rgb;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("style")) continue;
    const style = getComputedStyle(element);
    const { rgb, a } = parts(element.closest("svg") ? style.fill : style.color);
    const behind = ground(element);
    const shown = rgb.map((value, i) => a * value + (1 - a) * behind[i]);
    const [low, high] = [luminance(shown), luminance(behind)].sort((x, y) => x - y);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < least) faint.push([text.slice(0, 40), contrast.toFixed(2)]);
  }
  return faint;
}
