// What a person's eyes and hands do on the page. It is called anew for every
// look, and keeps nothing: the page may have been replaced in between.
(act, role, path, ...given) => {
  const words = { trusted: [/trust/i, /server/i], server: [/server/i, /trust/i] }[role];
  const known = {
    trusted: { files: [], buttons: ["#btn_upload"], menus: ['label[onclick*="trusted-cert"]', "li#SecurityTrustedCert"], title: /^trusted certificates?$/i },
    server: { files: ["#_upload_UploadServerCert", "#server-cert-file"], buttons: ["#server-cert-upload-btn", "#btn_upload"], menus: ['label[onclick*="server-cert"]', "li#SecurityServerCert"], title: /^server certificates?$/i },
  }[role];

  // The page and its frames, as far as they are the phone's.
  const docs = [];
  const enter = doc => {
    if (!doc || docs.length === 50) return;
    docs.push(doc);
    for (const frame of doc.querySelectorAll("iframe, frame")) enter(frame.contentDocument);
  };
  enter(document);
  const all = selector => docs.flatMap(doc => [...doc.querySelectorAll(selector)]);
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility === "visible";
  const label = e => (e.innerText || e.value || e.title || e.alt || "").trim();

  // Frameworks hide the input and show something in its place.
  const offered = input => shown(input) || !!input.parentElement && shown(input.parentElement);

  // How much speaks for an input being the one of this role; 0 is not known.
  const weigh = input => {
    if (known.files.some(selector => input.matches(selector))) return 100;
    const form = input.form, place = input.ownerDocument.location;
    const texts = [input.id, input.name, place.pathname + place.search + place.hash];
    if (form) texts.push(form.id, form.getAttribute("name"), form.getAttribute("action"));
    for (let e = input.parentElement, i = 0; e && i < 4; e = e.parentElement, i++) texts.push(e.id, e.dataset.page);
    const text = texts.join(" ");
    return (/cert/i.test(text) ? 1 : 0) + (words[0].test(text) ? 2 : 0) - (words[1].test(text) ? 2 : 0);
  };
  const fileInput = () => {
    let best = null, most = -1;
    for (const input of all("input[type=file]")) {
      const weight = offered(input) && !input.disabled ? weigh(input) : -1;
      if (weight > most) [best, most] = [input, weight];
    }
    // On the page of this role any input will do; elsewhere there may be one for firmware.
    return path !== "" || most > 0 ? best : null;
  };
  const password = () => all("input[type=password]").find(e => shown(e) && !e.disabled);

  const menu = () => {
    const titled = title => all("a, label, li, button, span").find(e => shown(e) && title.test(label(e)));
    const at = selectors => selectors.flatMap(selector => all(selector)).find(shown);
    const deep = at(known.menus) || titled(known.title);
    const shallow = at(['label[onclick*="security"]', "li#Security"]) || titled(/^security$/i);
    return { deep, shallow };
  };

  // The button that belongs to an element: the nearest with one of the words.
  const pressable = "button, input[type=submit], input[type=button], input[type=image], a, [role=button]";
  const button = (of, wanted, unwanted) => {
    // A link that leads somewhere is no button.
    const acts = e => e.localName !== "a" || /^(#.*|javascript:.*)?$/i.test(e.getAttribute("href") || "");
    const fits = e => shown(e) && !e.disabled && acts(e) && (!e.form || !of.form || e.form === of.form);
    const told = e => [label(e), e.id, e.name].join(" ");
    for (let around = of.parentElement; around; around = around.parentElement) {
      const candidates = [...around.querySelectorAll(pressable)].filter(e => fits(e) && !unwanted.test(told(e)));
      for (const word of wanted) {
        const found = candidates.filter(e => word.test(told(e)));
        // Rather one that follows than one that goes before.
        if (found.length) return found.find(e => of.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) || found[0];
      }
      const real = candidates.filter(e => e.localName !== "a");
      if (around === of.form && real.length === 1) return real[0];
    }
    return null;
  };
  const fill = (field, text) => {
    field.focus();
    field.value = text;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  };

  switch (act) {
    case "look": {
      const { deep, shallow } = menu(), file = fileInput();
      return { ready: docs.every(doc => doc.readyState === "complete"), file: !!file, login: !file && !!password(), deep: !!deep, shallow: !!shallow };
    }
    case "menu":
      menu()[given[0]].click();
      return true;
    case "login": {
      const secret = password(), [user, word] = given;
      const before = all("input").filter(e => shown(e) && (e.type === "text" || e.type === "email") && e.compareDocumentPosition(secret) & Node.DOCUMENT_POSITION_FOLLOWING);
      const name = all("#idUsername, #username, [name=username]").find(shown) || before.pop();
      const enterButton = button(secret, [/log ?in|sign ?in/i, /confirm|submit|\bok\b/i], /reset|cancel|forg[eo]t|language/i);
      if (!enterButton && !secret.form) return false;
      if (name) fill(name, user);
      fill(secret, word);
      enterButton ? enterButton.click() : secret.form.requestSubmit();
      return true;
    }
    case "choose": {
      const input = fileInput(), [name, content] = given;
      if (!input) return false;
      const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
      const carried = new DataTransfer();
      carried.items.add(new File([bytes], name));
      input.files = carried.files;
      for (const each of ["input", "change"]) input.dispatchEvent(new Event(each, { bubbles: true }));
      return true;
    }
    case "press": {
      const input = fileInput();
      if (!input) return false;
      const own = known.buttons.map(id => input.ownerDocument.querySelector(id)).find(e => e && shown(e) && !e.disabled);
      const found = own || button(input, [/upload/i, /import/i, /submit|confirm/i], /delete|remove|browse|select|choose|cancel|reset|reboot|generate|csr|export|download|logout/i);
      if (!found) return false;
      found.click();
      return true;
    }
    case "read": {
      const result = all("div.upload_result, div.upload-result").filter(shown).map(label).find(text => text !== "");
      const success = all("div.ivu-progress-success").find(shown);
      const text = docs.map(doc => doc.body ? doc.body.innerText : "").join("\n");
      return { ready: docs.every(doc => doc.readyState === "complete"), result: result || "", success: !!success, done: success ? label(success) : "", text: text.slice(0, 200000) };
    }
  }
}
