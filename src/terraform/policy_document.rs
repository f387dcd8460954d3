pub(crate) fn render(_arguments: &crate::value::Value) -> crate::value::Value { crate::value::Value::null() }
