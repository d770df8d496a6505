{{ flow_table(3, 'granted') }}
