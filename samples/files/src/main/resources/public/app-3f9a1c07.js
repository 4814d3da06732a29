// says how the browser got what it loaded
addEventListener('load', async () => {
  const style = await fetch('/style.css', { method: 'HEAD' })
  document.querySelector('#coding').textContent = style.headers.get('content-encoding') ?? 'no coding'
})
