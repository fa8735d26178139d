// What people paste and half finish.
export const HOSTILE = `<!doctype html>
<!-- <mj-body> in a comment -->
<MJML>
<mj-head><mj-attributes><mj-text color='red'/><mj-class name="big" font-size="30px" /><mj-all padding="1px"/></mj-attributes>
<mj-style>a > b { color: red } /* <mj-text> */</mj-style></mj-head>\r
  <mj-body  background-color = '#fff'>
    {% if contact.points > 3 and contact.city != "<mj-section>" %}
    <mj-section  css-class="mine" >
      <mj-column>
        <mj-image src="x.png?a=1&amp;b=2" alt='say "hé"'/>
        <mj-text mj-class="big">5 < 6 &nbsp; {{ contact.first_name|default("a > b") }}<br>  </mj-text  >
        <mj-unknown odd=bare one="1"><mj-inner/></mj-unknown>
        <mj-button href="{{ event.url|default("https://x/?a=1&b=2") }}">Go</mj-button>
      </mj-column>
      <mj-column/>
    </mj-section>
    {% endif %}
    <mj-section><mj-column><mj-text>last`;
