"use strict";
// Sliders beside both times: they change the fields of the form, and the page without loading it anew.

document.documentElement.classList.add("scripted");

const DAY = 86400000;
let waiting = 0;
let asked = 0;

async function show(address, push) {
  const mine = ++asked;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== asked) return; // another question was asked meanwhile
  for (const part of ["main", "header nav", ".moment", ".now"]) {
    const there = page.querySelector(part);
    const here = document.querySelector(part);
    if (there && here) here.replaceWith(there);
  }
  document.title = page.title;
  if (push) history.pushState(null, "", address);
}

function address(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) asked.set(name, value);
  return form.action.split("?")[0] + (asked.size ? "?" + asked : "");
}

function slide(slider, field, read, write) {
  slider.hidden = false;
  slider.setAttribute("aria-valuetext", write(slider.value));
  slider.addEventListener("input", () => {
    field.value = write(slider.value);
    slider.setAttribute("aria-valuetext", field.value);
    clearTimeout(waiting);
    waiting = setTimeout(() => show(address(field.form), true), 120);
  });
  field.addEventListener("change", () => { slider.value = read(field.value); });
}

async function start() {
  const form = document.querySelector("form.times");
  const moment = document.querySelector(".moment");
  if (!form || !moment) return;
  const span = await (await fetch("/console/span")).json();
  const first = Date.parse(span.first_day);
  const days = (text) => Math.round((Date.parse(text.slice(0, 10)) - first) / DAY);
  const day = (number) => new Date(first + Number(number) * DAY).toISOString().slice(0, 10);
  for (const slider of form.querySelectorAll(".slider")) {
    const field = document.getElementById(slider.dataset.for);
    const ofDays = field.name === "as_of";
    slider.min = 0;
    slider.max = ofDays ? days(span.last_day) : span.newest;
    slider.value = ofDays ? days(moment.dataset.day) : moment.dataset.known;
    slide(slider, field, ofDays ? days : Number, ofDays ? day : String);
  }
  addEventListener("popstate", () => location.reload());
}

start();
